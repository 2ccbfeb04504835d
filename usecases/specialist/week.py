"""The week: working hours as they repeat, appointments and exceptions as they fall, on the specialist's own clock."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col

from domain.actors import Specialist
from domain.appointments.state import Status
from domain.scheduling.availability import wall
from domain.scheduling.interval import Interval
from models import Appointment, CalendarException, WorkingHours
from usecases.context import Context
from usecases.permission import needs
from usecases.scheduling.availability import occupying, weekly
from usecases.specialist.agenda import AgendaItem, EngagedBy, items, organizations_of, today_in, zone_of
from usecases.specialist.calendar import calendar_of
from usecases.specialist.conflicts import coming, is_coming, outside
from usecases.views import View


class Day(View):
    """`shift` is by how many minutes clocks go forward (or back, negative) on that day."""

    date: date
    today: bool
    shift: int


class Block(View):
    """`day` 0-6 of the shown week, `start` and `end` in minutes of the local day.

    Hours (any, intake, follow-up) and breaks repeat weekly; the rest belongs to that day. `id` is what it stands for.
    Hours that only one organization may offer carry its id in `offered_to`.
    """

    id: UUID
    day: int
    start: int
    end: int
    kind: Literal["any", "intake", "follow-up", "break", "appointment", "held", "closed", "extra"]
    label: str = ""
    organization: str = ""
    offered_to: UUID | None = None


class ExceptionLine(View):
    """`organization` is the only one that extra hours are offered to; "" for all."""

    id: UUID
    kind: Literal["closed", "extra"]
    starts_at: datetime
    ends_at: datetime
    label: str
    slot_class: Literal["any", "intake", "follow-up"]
    organization: str


class WeekPage(View):
    """`conflicts`: booked appointments that lie outside the present availability. They stay booked.

    `organizations` are those the specialist works for now.
    """

    monday: date
    zone: str
    organizations: tuple[EngagedBy, ...]
    days: tuple[Day, ...]
    blocks: tuple[Block, ...]
    exceptions: tuple[ExceptionLine, ...]
    conflicts: tuple[AgendaItem, ...]


@needs("day:read")
async def week(context: Context, specialist: Specialist, wanted: date | None, locale: str) -> WeekPage:
    """The week in which `wanted` lies, this one when None."""
    now = context.now()
    async with context.database.transaction(specialist) as session:
        zone = await zone_of(session, specialist)
        today = today_in(zone, now)
        monday = _monday(wanted or today)
        span = Interval(wall(monday, 0, zone), wall(monday + timedelta(days=7), 0, zone))
        calendar = await calendar_of(session, specialist, zone, min(now, span.start))
        organizations = await organizations_of(session, specialist, today)
        booked = await items(session, specialist, locale, or_(_in(span, now), coming(now)))
    return WeekPage(
        monday=monday,
        zone=zone.key,
        organizations=organizations,
        days=tuple(_day(monday + timedelta(days=i), today, zone) for i in range(7)),
        blocks=(
            *(_weekly_block(row, organizations) for row in calendar.hours),
            *_exception_blocks(calendar.exceptions, organizations, span, monday, zone),
            *_appointment_blocks(booked, monday, zone),
        ),
        exceptions=tuple(_line(row, organizations) for row in calendar.exceptions if row.ends_at > now),
        conflicts=outside(calendar, (item for item in booked if is_coming(item, now))),
    )


def _in(span: Interval, now: datetime) -> ColumnElement[bool]:
    """Whatever takes time in `span`."""
    return and_(col(Appointment.starts_at) < span.end, col(Appointment.ends_at) > span.start, occupying(now))


def _appointment_blocks(booked: Iterable[AgendaItem], monday: date, zone: ZoneInfo) -> Iterator[Block]:
    for item in booked:
        kind: Literal["held", "appointment"] = "held" if item.status == Status.HELD else "appointment"
        for day, start, end in pieces(Interval(item.starts_at, item.ends_at), monday, zone):
            yield Block(
                id=item.appointment_id,
                day=day,
                start=start,
                end=end,
                kind=kind,
                label="" if kind == "held" else item.patient,
                organization=item.brand,
            )


def _exception_blocks(
    rows: Iterable[CalendarException],
    organizations: Sequence[EngagedBy],
    span: Interval,
    monday: date,
    zone: ZoneInfo,
) -> Iterator[Block]:
    for row in rows:
        kind: Literal["closed", "extra"] = "closed" if row.kind == "closed" else "extra"
        if Interval(row.starts_at, row.ends_at).overlaps(span):
            for day, start, end in pieces(Interval(row.starts_at, row.ends_at), monday, zone):
                yield Block(
                    id=row.id,
                    day=day,
                    start=start,
                    end=end,
                    kind=kind,
                    label=row.label,
                    organization=_name(row.organization_id, organizations),
                    offered_to=row.organization_id,
                )


def pieces(span: Interval, monday: date, zone: ZoneInfo) -> Iterator[tuple[int, int, int]]:
    """(day, first minute, last minute) of `span` on each day of the week, as the clock on the wall shows it."""
    start, end = span.start.astimezone(zone), span.end.astimezone(zone)
    for day in range(7):
        of_day = monday + timedelta(days=day)
        first = _minute(start) if start.date() == of_day else 0
        last = _minute(end) if end.date() == of_day else 1440
        if start.date() <= of_day <= end.date() and first < last:
            yield day, first, last


def _minute(local: datetime) -> int:
    return local.hour * 60 + local.minute


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _day(day: date, today: date, zone: ZoneInfo) -> Day:
    length = wall(day + timedelta(days=1), 0, zone) - wall(day, 0, zone)
    return Day(date=day, today=day == today, shift=1440 - int(length.total_seconds()) // 60)


def _weekly_block(row: WorkingHours, organizations: Sequence[EngagedBy]) -> Block:
    hours = weekly(row)
    kind = "break" if hours.is_break else hours.slot_class.value
    shown = {"id": row.id, "day": row.weekday, "start": row.starts, "end": row.ends, "kind": kind}
    name = _name(row.organization_id, organizations)
    return Block.model_validate(shown | {"offered_to": row.organization_id, "organization": name})


def _line(row: CalendarException, organizations: Sequence[EngagedBy]) -> ExceptionLine:
    return ExceptionLine.model_validate(row.model_dump() | {"organization": _name(row.organization_id, organizations)})


def _name(organization_id: UUID | None, organizations: Sequence[EngagedBy]) -> str:
    return next((each.name for each in organizations if each.id == organization_id), "")
