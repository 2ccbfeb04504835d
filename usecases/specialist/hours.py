"""Working hours: weekly spans and one-off exceptions. They change what is offered, never what is booked."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4, uuid5
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field
from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Specialist
from domain.refusals import InvalidInput, NotFound, Refusal
from domain.scheduling.availability import wall
from models import CalendarException, WorkingHours
from models.announcements import announce
from usecases.context import Context
from usecases.permission import needs
from usecases.specialist.agenda import organizations_of, zone_of
from usecases.views import Command, Line

ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext(:calendar))")
LONGEST = timedelta(days=366)
Kind = Literal["any", "intake", "follow-up", "break"]


class HoursOverlap(Refusal):
    title = "These hours overlap others you have set."
    next_action = "Change the others first, or choose another time."


def minute_of(value: Any) -> Any:
    """ "09:30" -> 570; numbers stay."""
    if isinstance(value, str) and ":" in value:
        hour, _, minute = value.partition(":")
        return int(hour) * 60 + int(minute[:2]) if hour.isdigit() and minute[:2].isdigit() else value
    return value


Minute = Annotated[int, BeforeValidator(minute_of), Field(ge=0, le=1440)]


class PutHours(Command):
    """A weekly span: `day` 0 is Monday, `start` and `end` are minutes of the local day or "HH:MM".

    An `id` changes that span, none adds one; midnight as an end is 1440 or "00:00". `offered_to` is an organization,
    or "all" the specialist works for; "" leaves a known span as it is. Breaks are everybody's.
    """

    id: UUID | None = None
    day: int = Field(ge=0, le=6)
    start: Minute
    end: Minute
    kind: Kind = "any"
    offered_to: UUID | Literal["all", ""] = ""
    key: str = Field("", max_length=100)


class AddException(Command):
    """One-off time: `closed` (time off) or `extra` (open although the week says no).

    `starts` and `ends` are on the specialist's clock when they carry no offset. Extra hours are for a `slot_class` of
    appointments, and `offered_to` an organization or "all" the specialist works for; time off is everybody's.
    """

    kind: Literal["closed", "extra"]
    starts: datetime
    ends: datetime
    label: Line = Field("", max_length=120)
    slot_class: Literal["any", "intake", "follow-up"] = "any"
    offered_to: UUID | Literal["all"] = "all"
    key: str = Field(min_length=8, max_length=100)


@needs("calendar:write")
async def put_hours(context: Context, specialist: Specialist, command: PutHours) -> UUID:
    """The span's id. Raises `InvalidInput`, `HoursOverlap`, `NotFound`."""
    end = command.end or 1440
    if end <= command.start:
        raise InvalidInput({"end": "The end has to come after the start."})
    async with context.database.transaction(specialist) as session:
        await _alone(session, specialist)
        row = await _span(session, specialist, command)
        await _check_overlap(session, specialist, row.id, command, end)
        row.weekday, row.starts, row.ends = command.day, command.start, end
        row.kind = "break" if command.kind == "break" else "hours"
        row.slot_class = "any" if command.kind == "break" else command.kind
        row.organization_id = await _offered_to(session, specialist, command, row, context.now().date())
        session.add(row)
        await announce(session, ("specialist", specialist.specialist_id))
    return row.id


@needs("calendar:write", of="hours")
async def remove_hours(context: Context, specialist: Specialist, hours_id: UUID) -> None:
    await _remove(context, specialist, WorkingHours, hours_id)


@needs("calendar:write")
async def add_exception(context: Context, specialist: Specialist, command: AddException) -> UUID:
    """The exception's id; the same key again is the same exception. Raises `InvalidInput`, `HoursOverlap`."""
    exception_id = uuid5(specialist.specialist_id, f"exception/{command.key}")
    async with context.database.transaction(specialist) as session:
        await _alone(session, specialist)
        if await session.get(CalendarException, exception_id):
            return exception_id
        zone = await zone_of(session, specialist)
        row = CalendarException(
            id=exception_id,
            specialist_id=specialist.specialist_id,
            kind=command.kind,
            starts_at=on_clock(command.starts, zone),
            ends_at=on_clock(command.ends, zone),
            label=command.label,
        )
        if command.kind == "extra":
            row.slot_class = command.slot_class
            row.organization_id = await _engaging(session, specialist, command.offered_to, context.now().date())
        _check_exception(row, context.now())
        await _check_exception_overlap(session, row)
        await session.execute(insert(CalendarException).values(row.model_dump()))
        await announce(session, ("specialist", specialist.specialist_id))
    return exception_id


@needs("calendar:write", of="exception")
async def remove_exception(context: Context, specialist: Specialist, exception_id: UUID) -> None:
    await _remove(context, specialist, CalendarException, exception_id)


def on_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    """A naive time is what the clock in `zone` shows; in a skipped hour, the moment of the change."""
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    return wall(moment.date(), moment.hour * 60 + moment.minute, zone)


async def _span(session: AsyncSession, specialist: Specialist, command: PutHours) -> WorkingHours:
    """The span to change, or a new one: the same key again is the same new one."""
    known = command.id or (uuid5(specialist.specialist_id, f"hours/{command.key}") if command.key else None)
    row = await session.get(WorkingHours, known) if known else None
    if row is not None and row.specialist_id == specialist.specialist_id:
        return row
    if command.id:
        raise NotFound
    return WorkingHours(id=known or uuid4(), specialist_id=specialist.specialist_id, weekday=0, starts=0, ends=1)


async def _offered_to(
    session: AsyncSession, specialist: Specialist, command: PutHours, row: WorkingHours, today: date
) -> UUID | None:
    """None is all organizations. Raises `InvalidInput` for one that the specialist does not work for."""
    if command.kind == "break" or command.offered_to == "all":
        return None
    if command.offered_to in ("", row.organization_id):
        return row.organization_id
    return await _engaging(session, specialist, command.offered_to, today)


async def _engaging(session: AsyncSession, specialist: Specialist, offered_to: UUID | str, today: date) -> UUID | None:
    """None is all organizations. Raises `InvalidInput` for one that the specialist does not work for."""
    if offered_to == "all":
        return None
    for engaged_by in await organizations_of(session, specialist, today):
        if engaged_by.id == offered_to:
            return engaged_by.id
    raise InvalidInput({"offered_to": "You do not work for this organization."})


async def _check_overlap(
    session: AsyncSession, specialist: Specialist, hours_id: UUID, command: PutHours, end: int
) -> None:
    """Hours overlap hours, breaks overlap breaks; a break lies over hours."""
    others = select(col(WorkingHours.id)).where(
        col(WorkingHours.specialist_id) == specialist.specialist_id,
        col(WorkingHours.id) != hours_id,
        col(WorkingHours.kind) == ("break" if command.kind == "break" else "hours"),
        col(WorkingHours.weekday) == command.day,
        col(WorkingHours.starts) < end,
        col(WorkingHours.ends) > command.start,
    )
    if await session.scalar(others.limit(1)) is not None:
        raise HoursOverlap


def _check_exception(row: CalendarException, now: datetime) -> None:
    if row.ends_at <= row.starts_at:
        raise InvalidInput({"ends": "The end has to come after the start."})
    if row.ends_at <= now:
        raise InvalidInput({"ends": "This time is already over."})
    if row.ends_at - row.starts_at > LONGEST:
        raise InvalidInput({"ends": "One entry covers a year at most."})


async def _check_exception_overlap(session: AsyncSession, row: CalendarException) -> None:
    others = select(col(CalendarException.id)).where(
        col(CalendarException.specialist_id) == row.specialist_id,
        col(CalendarException.kind) == row.kind,
        col(CalendarException.starts_at) < row.ends_at,
        col(CalendarException.ends_at) > row.starts_at,
    )
    if await session.scalar(others.limit(1)) is not None:
        raise HoursOverlap


async def _remove(
    context: Context, specialist: Specialist, table: type[WorkingHours] | type[CalendarException], row_id: UUID
) -> None:
    """Raises `NotFound` for what is absent or somebody else's."""
    async with context.database.transaction(specialist) as session:
        mine = (col(table.id) == row_id, col(table.specialist_id) == specialist.specialist_id)
        gone: Sequence[UUID] = (await session.scalars(delete(table).where(*mine).returning(col(table.id)))).all()
        if not gone:
            raise NotFound
        await announce(session, ("specialist", specialist.specialist_id))


async def _alone(session: AsyncSession, specialist: Specialist) -> None:
    """One change of a calendar at a time, so that two cannot overlap each other."""
    await session.execute(ONE_AT_A_TIME, {"calendar": f"calendar/{specialist.specialist_id}"})
