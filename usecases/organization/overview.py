"""The control room: what runs, what is late, what happens today. Every figure counts rows that a list shows."""

from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Operator
from domain.appointments.state import Status
from models import Appointment, Journey, LedgerEntry, Task
from usecases.context import Context
from usecases.organization.elsewhere import ElsewhereRow, elsewhere
from usecases.organization.glass import unreviewed
from usecases.organization.journeys import JourneyRow, all_journeys, journey_rows
from usecases.organization.listing import begins, day_after, zone_of
from usecases.organization.parked import count_parked
from usecases.organization.payments import Takings, all_movements, takings
from usecases.organization.tasks import TaskRow, all_tasks, task_rows
from usecases.organization.weeks import SessionWeek, TakingsWeek, session_weeks, takings_weeks
from usecases.permission import may, needs
from usecases.scheduling.availability import standing
from usecases.views import Command, View

FEW = 5


class OverviewQuery(Command):
    """`days`: how far no-shows and money look back, today included."""

    days: Literal["7", "30", "90"] = "30"


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


class Overview(View):
    """`today` is the organization's day; `since`..`today` is looked back on, today..`ahead` looked forward to.

    Counts are everybody's; names and money are there for whoever may read the list they come from. `opened`: clinical
    records opened in an emergency that nobody has reviewed. `parked`: refunds the vendor refused. `elsewhere`: sessions
    that cannot begin because of where the patient is.
    """

    today: date
    since: date
    ahead: date
    journeys: JourneyFigures
    tasks: TaskFigures
    appointments: AppointmentFigures
    takings: tuple[Takings, ...]
    session_weeks: tuple[SessionWeek, ...]
    takings_weeks: tuple[TakingsWeek, ...]
    urgent: tuple[TaskRow, ...]
    late: tuple[JourneyRow, ...]
    opened: int
    parked: int
    elsewhere: tuple[ElsewhereRow, ...]


@needs("overview:read")
async def overview(context: Context, operator: Operator, query: OverviewQuery, locale: str) -> Overview:
    now = context.now()
    async with context.database.transaction(operator) as session:
        zone = await zone_of(session, operator)
        today = now.astimezone(zone).date()
        since, ahead = today - timedelta(days=int(query.days) - 1), today + timedelta(days=6)
        moved = all_movements(operator).where(col(LedgerEntry.posted_at) >= begins(since, zone))
        paid = may(operator, "payment:read")
        opened, parked = await _for_a_person(session, operator)
        return Overview(
            today=today,
            since=since,
            ahead=ahead,
            journeys=await _journeys(session, operator, context),
            tasks=await _tasks(session, operator, context),
            appointments=await _appointments(session, operator, zone, since, today, now),
            takings=await takings(session, moved) if paid else (),
            session_weeks=await session_weeks(session, operator, zone, today),
            takings_weeks=await takings_weeks(session, operator, zone, today) if paid else (),
            urgent=await _urgent(session, operator, now, locale) if may(operator, "task:read") else (),
            late=await _late(session, operator, now, locale) if may(operator, "journey:read") else (),
            opened=opened,
            parked=parked,
            elsewhere=await elsewhere(session, operator, now) if may(operator, "appointment:read") else (),
        )


async def _for_a_person(session: AsyncSession, operator: Operator) -> tuple[int, int]:
    """Records opened in an emergency, and refunds, that wait for somebody: 0 where the operator reads none of them."""
    opened = unreviewed(operator) if may(operator, "glass:review") else literal(0)
    parked = count_parked(operator) if may(operator, "payment:read") else literal(0)
    row = (await session.execute(select(opened, parked))).one()
    return row[0], row[1]


async def _urgent(session: AsyncSession, operator: Operator, now: datetime, locale: str) -> tuple[TaskRow, ...]:
    urgent = all_tasks(operator).where(col(Task.done_at).is_(None)).where(col(Task.urgent).is_(True))
    first = (await session.execute(urgent.order_by(col(Task.due_at)).limit(FEW))).all()
    return await task_rows(session, operator, first, now, locale)


async def _late(session: AsyncSession, operator: Operator, now: datetime, locale: str) -> tuple[JourneyRow, ...]:
    late = all_journeys(operator).where(col(Journey.status) == "active").where(col(Journey.escalated).is_(True))
    first = (await session.execute(late.order_by(col(Journey.until)).limit(FEW))).all()
    return await journey_rows(session, operator, first, now, locale)


async def _journeys(session: AsyncSession, operator: Operator, context: Context) -> JourneyFigures:
    figures = (
        select(
            col(Journey.stage),
            func.count(),
            func.count().filter(col(Journey.escalated).is_(True)),
            func.count().filter(col(Journey.until) < context.now()),
        )
        .where(col(Journey.organization_id) == operator.organization_id, col(Journey.status) == "active")
        .group_by(col(Journey.stage))
    )
    rows = (await session.execute(figures)).all()
    return JourneyFigures(
        open=sum(row[1] for row in rows),
        by_stage={row[0]: row[1] for row in rows},
        escalated=sum(row[2] for row in rows),
        overdue=sum(row[3] for row in rows),
    )


async def _tasks(session: AsyncSession, operator: Operator, context: Context) -> TaskFigures:
    figures = select(
        func.count(),
        func.count().filter(col(Task.urgent).is_(True)),
        func.count().filter(col(Task.due_at) < context.now()),
    ).where(col(Task.organization_id) == operator.organization_id, col(Task.done_at).is_(None))
    all_open, urgent, late = (await session.execute(figures)).one()
    return TaskFigures(open=all_open, urgent=urgent, late=late)


async def _appointments(
    session: AsyncSession, operator: Operator, zone: ZoneInfo, since: date, today: date, now: datetime
) -> AppointmentFigures:
    """One walk over all that starts from `since` to a week from now."""
    status, starts = standing(now).label("stands"), col(Appointment.starts_at)
    first, morning, midnight = begins(since, zone), begins(today, zone), begins(day_after(today), zone)
    end = begins(today + timedelta(days=7), zone)
    length = func.extract("epoch", func.sum(col(Appointment.ends_at) - starts).filter(starts >= morning)) / 60
    figures = (
        select(
            status,
            func.count().filter(starts >= morning, starts < midnight),
            func.count().filter(starts < midnight),
            func.count().filter(starts >= morning),
            func.coalesce(length, 0),
        )
        .where(col(Appointment.organization_id) == operator.organization_id, starts >= first, starts < end)
        .group_by("stands")
    )
    rows = {row[0]: row[1:] for row in await session.execute(figures)}
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
