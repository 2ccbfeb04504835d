"""Booked appointments that the present hours would not offer any more. They stay booked; somebody has to look."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Specialist
from domain.appointments.state import Status
from domain.scheduling.availability import Availability, SlotClass, working_time
from domain.scheduling.interval import Interval, union
from models import Appointment, CalendarException, WorkingHours
from usecases.context import Context
from usecases.permission import needs
from usecases.scheduling.availability import once, weekly
from usecases.specialist.agenda import AgendaItem, items, zone_of


@needs("day:read")
async def booked_outside(context: Context, specialist: Specialist, locale: str) -> tuple[AgendaItem, ...]:
    async with context.database.transaction(specialist) as session:
        return await conflicts(session, specialist, context.now(), locale)


async def conflicts(
    session: AsyncSession, specialist: Specialist, now: datetime, locale: str
) -> tuple[AgendaItem, ...]:
    """Coming appointments outside of all hours, in a break or in time off."""
    coming = (col(Appointment.starts_at) > now, col(Appointment.status) == Status.CONFIRMED)
    booked = await items(session, specialist, locale, *coming)
    if not booked:
        return ()
    known = await _availability(session, specialist, now)
    return tuple(item for item in booked if not _is_open(known, Interval(item.starts_at, item.ends_at)))


def _is_open(known: Availability, asked: Interval) -> bool:
    return any(span.covers(asked) for span in union(working_time(known, asked, SlotClass.ANY, None)))


async def _availability(session: AsyncSession, specialist: Specialist, now: datetime) -> Availability:
    """Whatever organization hours are for: in all of them the specialist works."""
    exceptions = await exceptions_of(session, specialist, now)
    return Availability(
        await zone_of(session, specialist),
        hours=tuple(replace(weekly(row), organization_id=None) for row in await hours_of(session, specialist)),
        extra=tuple(replace(once(row), organization_id=None) for row in exceptions if row.kind == "extra"),
        closed=tuple(Interval(row.starts_at, row.ends_at) for row in exceptions if row.kind == "closed"),
    )


async def hours_of(session: AsyncSession, specialist: Specialist) -> list[WorkingHours]:
    mine = select(WorkingHours).where(col(WorkingHours.specialist_id) == specialist.specialist_id)
    return list(await session.scalars(mine.order_by(col(WorkingHours.weekday), col(WorkingHours.starts))))


async def exceptions_of(session: AsyncSession, specialist: Specialist, since: datetime) -> list[CalendarException]:
    mine = select(CalendarException).where(
        col(CalendarException.specialist_id) == specialist.specialist_id, col(CalendarException.ends_at) > since
    )
    return list(await session.scalars(mine.order_by(col(CalendarException.starts_at))))
