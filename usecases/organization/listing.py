"""What every list of an organization shares: a statement's pages, and days on the organization's clock."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Select, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actors import Operator
from models import Organization
from usecases.listing import ROWS, Paging, page_within

Statement: TypeAlias = "Select[*tuple[Any, ...]]"
Id: TypeAlias = "UUID | BindParameter[UUID]"
"""An organization, or where it comes in a statement that is built once."""


async def paged(
    session: AsyncSession,
    statement: Statement,
    order: Sequence[Any],
    page: int,
    *,
    as_many: "Statement | None" = None,
    asked: Mapping[str, Any] | None = None,
) -> tuple[Sequence[Any], Paging]:
    """One page of the statement's rows in that order, the last one instead of any after it; how many there are.

    `as_many` has as many rows and is counted in less time. `asked`: values for what the statements leave open.
    """
    every = statement if as_many is None else as_many
    count = every.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    total = int(await session.scalar(count, asked) or 0)
    page = page_within(page, total)
    shown = statement.order_by(*order).limit(ROWS).offset((page - 1) * ROWS)
    return (await session.execute(shown, asked)).all(), Paging(page=page, total=total)


async def counted(session: AsyncSession, statement: Statement, most: int) -> int:
    """How many rows the statement has, in its order and no further than to one more than `most`."""
    some = statement.with_only_columns(literal(1)).limit(most + 1).subquery()
    return int(await session.scalar(select(func.count()).select_from(some)) or 0)


async def zone_of(session: AsyncSession, operator: Operator) -> ZoneInfo:
    """The organization's clock: the one on which its days begin."""
    return ZoneInfo((await session.get_one(Organization, operator.organization_id)).time_zone)


def begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def day_after(day: date) -> date:
    return day + timedelta(days=1)
