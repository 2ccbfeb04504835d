"""Guardianships, loans of a role and assistance: of what lasts between the same two, one lives at a time."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.authority import Assistance, Delegation, Guardianship
from models.base import values_of


async def keep_grant(
    session: AsyncSession,
    row: Guardianship | Delegation | Assistance,
    between: Sequence[str],
    changes: Sequence[str],
) -> UUID:
    """The living one with the columns `between` of `row`: it itself, or the one there is, with the `changes` of `row`.

    What has run out is over, and no longer the one that is changed.
    """
    table = type(row)
    lives = col(table.ended_at).is_(None)
    same = [col(getattr(table, name)) == getattr(row, name) for name in between]
    over = update(table).where(*same, lives, col(table.until) <= row.starts_at)
    await session.execute(over.values(ended_at=col(table.until)))
    wanted = {name: getattr(row, name) for name in changes}
    kept = insert(table).values(values_of(row))
    kept = kept.on_conflict_do_update(index_elements=between, index_where=lives, set_=wanted)
    return (await session.scalars(kept.returning(col(table.id)))).one()
