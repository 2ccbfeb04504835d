"""The day: who comes, who waits, what is to be written and done, and how the next days look."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Specialist
from domain.appointments.state import DOOR_OPENS, Status
from domain.scheduling.availability import wall
from models import Appointment, Journey, Note
from usecases.context import Context
from usecases.listing import ROWS
from usecases.permission import needs
from usecases.specialist.agenda import BOOKED, KNOWN, AgendaItem, items, today_in, zone_of
from usecases.specialist.tasks import TaskItem, open_tasks
from usecases.views import View

GLANCE = 7


class NoteDue(View):
    """`until`: when the journey stops waiting for the note; None when no journey waits."""

    appointment: AgendaItem
    until: datetime | None


class DayGlance(View):
    """`minutes` booked on that day; `first_at` is when the first of `count` appointments starts."""

    day: date
    count: int
    minutes: int
    first_at: datetime | None


class TodayPage(View):
    """`waiting`: who is at the door, in session, or to be called or met now."""

    now: datetime
    day: date
    zone: str
    waiting: tuple[AgendaItem, ...]
    items: tuple[AgendaItem, ...]
    notes_due: tuple[NoteDue, ...]
    notes_due_total: int
    tasks: tuple[TaskItem, ...]
    ahead: tuple[DayGlance, ...]


@needs("day:read")
async def today(context: Context, specialist: Specialist, locale: str) -> TodayPage:
    now = context.now()
    async with context.database.transaction(specialist) as session:
        zone = await zone_of(session, specialist)
        day = today_in(zone, now)
        start, end = wall(day, 0, zone), wall(day + timedelta(days=1), 0, zone)
        begins = col(Appointment.starts_at)
        status = col(Appointment.status)
        of_day = await items(session, specialist, locale, begins >= start, begins < end, status.in_(KNOWN))
        booked = await items(session, specialist, locale, status.in_(BOOKED), begins < now + DOOR_OPENS)
        last = wall(day + timedelta(days=1 + GLANCE), 0, zone)
        coming = await items(session, specialist, locale, begins >= end, begins < last, status.in_(BOOKED))
        notes, total = await notes_due(session, specialist, locale)
        return TodayPage(
            now=now,
            day=day,
            zone=zone.key,
            waiting=tuple(item for item in booked if _is_on(item, now)),
            items=of_day,
            notes_due=notes,
            notes_due_total=total,
            tasks=await open_tasks(session, specialist, now, locale),
            ahead=tuple(_glance(day + timedelta(days=1 + i), coming, zone) for i in range(GLANCE)),
        )


async def notes_due(session: AsyncSession, specialist: Specialist, locale: str) -> tuple[tuple[NoteDue, ...], int]:
    """Sessions held whose note is not signed: those that wait longest, and how many there are."""
    signed = select(col(Note.appointment_id)).where(col(Note.status) == "signed")
    open_ = (col(Appointment.status) == Status.COMPLETED, col(Appointment.id).not_in(signed))
    found = await items(session, specialist, locale, *open_, most=ROWS)
    mine = col(Appointment.specialist_id) == specialist.specialist_id
    total = await session.scalar(select(func.count()).select_from(Appointment).where(mine, *open_)) or 0
    until = await _waited_for(session, [item.appointment_id for item in found])
    return tuple(NoteDue(appointment=item, until=until.get(item.appointment_id)) for item in found), total


async def _waited_for(session: AsyncSession, appointments: list[UUID]) -> dict[UUID, datetime]:
    """Until when journeys wait for these appointments' notes."""
    waits = (col(Journey.appointment_id).in_(appointments), col(Journey.step_kind) == "note")
    found = await session.execute(select(col(Journey.appointment_id), col(Journey.until)).where(*waits))
    return {appointment_id: until for appointment_id, until in found if appointment_id and until}


def _is_on(item: AgendaItem, now: datetime) -> bool:
    """Somebody waits, or is being treated; nobody sees a patient wait for a call."""
    return item.status != Status.CONFIRMED or (not item.has_room and item.is_open(now))


def _glance(day: date, coming: tuple[AgendaItem, ...], zone: ZoneInfo) -> DayGlance:
    of_day = [item for item in coming if item.starts_at.astimezone(zone).date() == day]
    minutes = sum(int((item.ends_at - item.starts_at).total_seconds()) // 60 for item in of_day)
    return DayGlance(day=day, count=len(of_day), minutes=minutes, first_at=of_day[0].starts_at if of_day else None)
