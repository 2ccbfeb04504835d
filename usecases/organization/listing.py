"""What every list of an organization shares: a statement's pages, and days on the organization's clock."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Select, Uuid, func, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Operator
from models import Brand, Organization
from usecases.listing import ROWS, Paging, counted_to, page_within, paging_of

Statement: TypeAlias = "Select[*tuple[Any, ...]]"
PLAN_ANEW = text("select set_config('plan_cache_mode', 'force_custom_plan', true)")
"""Until the transaction ends: one plan for all organizations, however small or large, would suit few of them."""
Id: TypeAlias = "UUID | BindParameter[UUID]"
"""An organization, or where it comes in a statement that is built once."""


async def paged(
    session: AsyncSession,
    matching: Statement,
    order: Sequence[Any],
    page: int,
    shown: Statement,
    asked: Mapping[str, Any] | None = None,
) -> tuple[Sequence[Any], Paging]:
    """One page of what matches, in that order and as `shown`; the last one instead of any after it.

    `matching` finds ids; everything else is read for the rows of the page alone. `asked`: values for what the
    statements leave open.
    """
    await session.execute(PLAN_ANEW)
    there, found = await _found(session, matching.order_by(*order), page, asked)
    if not found and page > 1:
        page = page_within(page, there)
        there, found = await _found(session, matching.order_by(*order), page, asked)
    rows = shown.where(matching.selected_columns[0].in_(found)).order_by(*order)
    return (await session.execute(rows, asked)).all() if found else (), paging_of(page, there)


async def _found(
    session: AsyncSession, matching: Statement, page: int, asked: Mapping[str, Any] | None
) -> tuple[int, Sequence[UUID]]:
    """How many there are, one more than is counted at most, and the ids of the page."""
    some = matching.limit(counted_to(page) + 1).cte("found")
    ids = select(some.c[0]).limit(ROWS).offset((page - 1) * ROWS).scalar_subquery()
    both = select(select(func.count()).select_from(some).scalar_subquery(), func.array(ids, type_=ARRAY(Uuid)))
    there, found = (await session.execute(both, asked)).one()
    return there, found


async def counted(session: AsyncSession, statement: Statement, most: int) -> int:
    """How many rows the statement has, in its order and no further than to one more than `most`."""
    some = statement.with_only_columns(literal(1)).limit(most + 1).subquery()
    return int(await session.scalar(select(func.count()).select_from(some)) or 0)


def brand_of(key: str) -> "Select[UUID]":
    """The id of the brand with that key."""
    return select(col(Brand.id)).where(col(Brand.key) == key)


async def zone_of(session: AsyncSession, operator: Operator) -> ZoneInfo:
    """The organization's clock: the one on which its days begin."""
    return ZoneInfo((await session.get_one(Organization, operator.organization_id)).time_zone)


def begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def day_after(day: date) -> date:
    return day + timedelta(days=1)
