"""Specialists' availability as the domain wants it: everything for many specialists in five reads."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, ColumnElement, DateTime, Select, Uuid, and_, bindparam, case, select, text
from sqlalchemy.dialects.postgresql import ARRAY, TSTZRANGE, Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.appointments.state import OCCUPYING, Status
from domain.scheduling.availability import Availability, ExtraHours, SlotClass, WeeklyHours
from domain.scheduling.interval import Interval
from domain.scheduling.slots import BookingRule
from models import Appointment, AppointmentType, CalendarException, WorkingHours
from models.base import table_of

THEM: BindParameter[Sequence[UUID]] = bindparam("specialists", expanding=True)
HOURS: Select[Any] = select(table_of(WorkingHours)).where(col(WorkingHours.specialist_id).in_(THEM))
EXCEPTIONS: Select[Any] = select(table_of(CalendarException)).where(
    col(CalendarException.specialist_id).in_(THEM),
    col(CalendarException.ends_at) > bindparam("first"),
    col(CalendarException.starts_at) < bindparam("end"),
)
"""Built once: free times are looked at all day. Rows and no objects: of hundreds of specialists there are thousands."""
BUSY = text("select specialist_id, blocked from security.busy(:specialists, :span, :now)").bindparams(
    bindparam("specialists", type_=ARRAY(Uuid)),
    bindparam("span", type_=TSTZRANGE),
    bindparam("now", type_=DateTime(timezone=True)),
)
"""Only when, never what or with whom: other organizations' bookings count too."""


def standing(now: datetime | BindParameter[datetime]) -> ColumnElement[str]:
    """`domain.appointments.state.status_at` of every appointment."""
    run_out = and_(col(Appointment.status) == Status.HELD, col(Appointment.hold_until) <= now)
    return case((run_out, Status.RELEASED), else_=col(Appointment.status))


def occupying(now: datetime) -> ColumnElement[bool]:
    """Appointments that take time."""
    return standing(now).in_(OCCUPYING)


async def availabilities(
    session: AsyncSession, zones: dict[UUID, str], window: Interval, now: datetime, but: UUID | None = None
) -> dict[UUID, Availability]:
    """Availability of each specialist (id -> IANA zone) in `window`; `but`: an own appointment that does not count."""
    hours: dict[UUID, list[WeeklyHours]] = defaultdict(list)
    extra: dict[UUID, list[ExtraHours]] = defaultdict(list)
    closed: dict[UUID, list[Interval]] = defaultdict(list)
    asked = {"specialists": list(zones), "first": window.start, "end": window.end}
    for row in await session.execute(HOURS, asked):
        hours[row.specialist_id].append(weekly(row))
    for exception in await session.execute(EXCEPTIONS, asked):
        if exception.kind == "extra":
            extra[exception.specialist_id].append(once(exception))
        else:
            closed[exception.specialist_id].append(Interval(exception.starts_at, exception.ends_at))
    busy = await _busy(session, zones, window, now, but)
    return {
        specialist_id: Availability(
            ZoneInfo(zone),
            tuple(hours[specialist_id]),
            tuple(extra[specialist_id]),
            tuple(closed[specialist_id]),
            tuple(busy[specialist_id]),
        )
        for specialist_id, zone in zones.items()
    }


def weekly(row: WorkingHours) -> WeeklyHours:
    return WeeklyHours(
        row.weekday, row.starts, row.ends, SlotClass(row.slot_class), row.kind == "break", row.organization_id
    )


def once(row: CalendarException) -> ExtraHours:
    return ExtraHours(Interval(row.starts_at, row.ends_at), SlotClass(row.slot_class), row.organization_id)


def rule_of(kind: AppointmentType) -> BookingRule:
    return BookingRule(
        length=timedelta(minutes=kind.length),
        before=timedelta(minutes=kind.before),
        after=timedelta(minutes=kind.after),
        notice=timedelta(minutes=kind.notice),
        horizon=timedelta(days=kind.horizon_days),
        alignment=timedelta(minutes=kind.alignment),
        slot_class=SlotClass(kind.slot_class),
    )


async def _busy(
    session: AsyncSession, specialists: Iterable[UUID], window: Interval, now: datetime, but: UUID | None
) -> dict[UUID, list[Interval]]:
    mine = await _own_span(session, but)
    span: Range[datetime] = Range(window.start - timedelta(days=1), window.end + timedelta(days=1))
    found = await session.execute(BUSY, {"specialists": list(specialists), "span": span, "now": now})
    busy: dict[UUID, list[Interval]] = defaultdict(list)
    for specialist_id, blocked in found:
        taken = Interval(blocked.lower, blocked.upper)
        if taken != mine:
            busy[specialist_id].append(taken)
    return busy


async def _own_span(session: AsyncSession, appointment_id: UUID | None) -> Interval | None:
    if appointment_id is None:
        return None
    own = text("select lower(blocked), upper(blocked) from appointment where id = :id")
    row = (await session.execute(own, {"id": appointment_id})).first()
    return Interval(row[0], row[1]) if row else None
