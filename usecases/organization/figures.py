"""The control room's counts. Their statements are built once: it is looked at all day."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Operator
from domain.appointments.state import Status
from models import Appointment, Journey, Task
from usecases.organization.listing import Statement, begins, day_after
from usecases.scheduling.availability import standing
from usecases.views import View


class JourneyFigures(View):
    open: int
    by_stage: dict[str, int]
    escalated: int
    overdue: int


class TaskFigures(View):
    open: int
    urgent: int
    late: int


class AppointmentFigures(View):
    """`no_show_rate` 0-1 of the sessions that were due since `since`, None when there were none; minutes of 7 days."""

    today: dict[str, int]
    due: int
    no_shows: int
    no_show_rate: float | None
    booked: int
    booked_minutes: int


async def journey_figures(session: AsyncSession, operator: Operator, now: datetime) -> JourneyFigures:
    asked = {"organization_id": operator.organization_id, "now": now}
    rows = (await session.execute(JOURNEYS, asked)).all()
    return JourneyFigures(
        open=sum(row[1] for row in rows),
        by_stage={row[0]: row[1] for row in rows},
        escalated=sum(row[2] for row in rows),
        overdue=sum(row[3] for row in rows),
    )


async def task_figures(session: AsyncSession, operator: Operator, now: datetime) -> TaskFigures:
    asked = {"organization_id": operator.organization_id, "now": now}
    all_open, urgent, late = (await session.execute(TASKS, asked)).one()
    return TaskFigures(open=all_open, urgent=urgent, late=late)


async def appointment_figures(
    session: AsyncSession, operator: Operator, zone: ZoneInfo, since: date, today: date, now: datetime
) -> AppointmentFigures:
    """One walk over all that starts from `since` to a week from now."""
    asked = {
        "organization_id": operator.organization_id,
        "now": now,
        "first": begins(since, zone),
        "morning": begins(today, zone),
        "midnight": begins(day_after(today), zone),
        "end": begins(today + timedelta(days=7), zone),
    }
    rows = {row[0]: row[1:] for row in await session.execute(APPOINTMENTS, asked)}
    nothing = (0, 0, 0, 0)
    no_shows = rows.get(Status.NO_SHOW, nothing)[1]
    due = rows.get(Status.COMPLETED, nothing)[1] + no_shows
    booked, minutes = rows.get(Status.CONFIRMED, nothing)[2:]
    return AppointmentFigures(
        today={status: row[0] for status, row in rows.items() if row[0]},
        due=due,
        no_shows=no_shows,
        no_show_rate=no_shows / due if due else None,
        booked=booked,
        booked_minutes=int(minutes),
    )


def _journeys() -> Statement:
    """By stage: open, escalated, overdue."""
    escalated, overdue = col(Journey.escalated).is_(True), col(Journey.until) < bindparam("now")
    return (
        select(col(Journey.stage), func.count(), func.count().filter(escalated), func.count().filter(overdue))
        .where(col(Journey.organization_id) == bindparam("organization_id"), col(Journey.status) == "active")
        .group_by(col(Journey.stage))
    )


def _tasks() -> Statement:
    """Open, urgent, late."""
    urgent, late = col(Task.urgent).is_(True), col(Task.due_at) < bindparam("now")
    mine = col(Task.organization_id) == bindparam("organization_id"), col(Task.done_at).is_(None)
    return select(func.count(), func.count().filter(urgent), func.count().filter(late)).where(*mine)


def _appointments() -> Statement:
    """By status: today's, those until tonight, those from this morning on, and the minutes of these."""
    starts, ends = col(Appointment.starts_at), col(Appointment.ends_at)
    so_far, still = starts < bindparam("midnight"), starts >= bindparam("morning")
    length = func.extract("epoch", func.sum(ends - starts).filter(still)) / 60
    return (
        select(
            standing(bindparam("now")).label("stands"),
            func.count().filter(still, so_far),
            func.count().filter(so_far),
            func.count().filter(still),
            func.coalesce(length, 0),
        )
        .where(col(Appointment.organization_id) == bindparam("organization_id"))
        .where(starts >= bindparam("first"), starts < bindparam("end"))
        .group_by("stands")
    )


JOURNEYS, TASKS, APPOINTMENTS = _journeys(), _tasks(), _appointments()
