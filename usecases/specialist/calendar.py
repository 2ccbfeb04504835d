"""A specialist's calendar as it is kept: the clock it is on, what repeats weekly, what falls once."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Specialist
from models import CalendarException, WorkingHours


@dataclass(frozen=True)
class Calendar:
    """`hours` from Monday on; `exceptions` that are not over yet, the soonest first."""

    zone: ZoneInfo
    hours: list[WorkingHours]
    exceptions: list[CalendarException]


async def calendar_of(session: AsyncSession, specialist: Specialist, zone: ZoneInfo, since: datetime) -> Calendar:
    """With the exceptions that end after `since`."""
    hours = select(WorkingHours).where(col(WorkingHours.specialist_id) == specialist.specialist_id)
    exceptions = select(CalendarException).where(
        col(CalendarException.specialist_id) == specialist.specialist_id, col(CalendarException.ends_at) > since
    )
    return Calendar(
        zone,
        list(await session.scalars(hours.order_by(col(WorkingHours.weekday), col(WorkingHours.starts)))),
        list(await session.scalars(exceptions.order_by(col(CalendarException.starts_at)))),
    )
