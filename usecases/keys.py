"""What is done with data keys as a whole: forgetting a person, and wrapping all anew under the current master key."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from domain.actors import House
from gateways.master_keys import MasterKeys
from models import DataKey
from models.session import Database
from usecases.context import Context


async def forget_subject_key(context: Context, subject_id: UUID) -> None:
    """Every payload of the person's workflows is unreadable from now on: here at once, in every process within 60 s.

    End their workflows first: one that still runs cannot go on.
    """
    living = select(DataKey).where(col(DataKey.subject_id) == subject_id, col(DataKey.destroyed_at).is_(None))
    async with context.database.transaction(House()) as session:
        keys = (await session.scalars(living.with_for_update())).all()
        for key in keys:
            key.wrapped, key.destroyed_at = b"", context.now()
    for key in keys:
        context.keyring.drop(key.id)


async def rewrap(database: Database, masters: MasterKeys) -> int:
    """Every living data key under the current master key; how many were under another. Safe to repeat."""
    old = (col(DataKey.master_key_id) != masters.current, col(DataKey.destroyed_at).is_(None))
    count = 0
    while True:
        async with database.transaction(House()) as session:
            batch = (await session.scalars(select(DataKey).where(*old).limit(500).with_for_update())).all()
            for row in batch:
                row.wrapped = masters.wrap(masters.unwrap(row.wrapped, row.id, row.master_key_id), row.id)
                row.master_key_id = masters.current
        if not batch:
            return count
        count += len(batch)
