"""Booked appointments that the present hours would not offer any more. They stay booked; somebody has to look."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_
from sqlmodel import col

from domain.actors import Specialist
from domain.appointments.state import Status
from domain.scheduling.availability import Availability, SlotClass, working_time
from domain.scheduling.interval import Interval, union
from models import Appointment
from usecases.context import Context
from usecases.permission import needs
from usecases.scheduling.availability import once, weekly
from usecases.specialist.agenda import AgendaItem, items, zone_of
from usecases.specialist.calendar import Calendar, calendar_of


@needs("day:read")
async def booked_outside(context: Context, specialist: Specialist, locale: str) -> tuple[AgendaItem, ...]:
    """Coming appointments outside of all hours, in a break or in time off."""
    now = context.now()
    async with context.database.transaction(specialist) as session:
        booked = await items(session, specialist, locale, coming(now))
        calendar = await calendar_of(session, specialist, await zone_of(session, specialist), now)
    return outside(calendar, booked)


def coming(now: datetime) -> ColumnElement[bool]:
    """Appointments that are booked and did not begin."""
    return and_(col(Appointment.starts_at) > now, col(Appointment.status) == Status.CONFIRMED)


def is_coming(item: AgendaItem, now: datetime) -> bool:
    """`coming` of one that was read already."""
    return item.starts_at > now and item.status == Status.CONFIRMED


def outside(calendar: Calendar, booked: Iterable[AgendaItem]) -> tuple[AgendaItem, ...]:
    """Those of `booked` that no hours hold."""
    known = _availability(calendar)
    return tuple(item for item in booked if not _is_open(known, Interval(item.starts_at, item.ends_at)))


def _is_open(known: Availability, asked: Interval) -> bool:
    return any(span.covers(asked) for span in union(working_time(known, asked, SlotClass.ANY, None)))


def _availability(calendar: Calendar) -> Availability:
    """Whatever organization hours are for: in all of them the specialist works."""
    return Availability(
        calendar.zone,
        hours=tuple(replace(weekly(row), organization_id=None) for row in calendar.hours),
        extra=tuple(replace(once(row), organization_id=None) for row in calendar.exceptions if row.kind == "extra"),
        closed=tuple(Interval(row.starts_at, row.ends_at) for row in calendar.exceptions if row.kind == "closed"),
    )
