"""The control room: what runs, what is late, what happens today. Every figure counts rows that a list shows."""

from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Operator
from models import Journey, LedgerEntry, Organization, Task
from usecases.context import Context
from usecases.organization.elsewhere import ElsewhereRow, elsewhere
from usecases.organization.figures import (
    AppointmentFigures,
    JourneyFigures,
    TaskFigures,
    appointment_figures,
    journey_figures,
    task_figures,
)
from usecases.organization.glass import unreviewed
from usecases.organization.journeys import JourneyRow, all_journeys, journey_rows
from usecases.organization.listing import begins
from usecases.organization.parked import count_parked
from usecases.organization.payments import Takings, movements, sums_of, takings
from usecases.organization.tasks import TaskRow, all_tasks, task_rows
from usecases.organization.weeks import SessionWeek, TakingsWeek, session_weeks, takings_weeks
from usecases.permission import may, needs
from usecases.views import Command, View

FEW = 5


class OverviewQuery(Command):
    """`days`: how far no-shows and money look back, today included."""

    days: Literal["7", "30", "90"] = "30"


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
        zone, opened, parked = await _standing(session, operator)
        today = now.astimezone(zone).date()
        since, ahead = today - timedelta(days=int(query.days) - 1), today + timedelta(days=6)
        moved = {"organization_id": operator.organization_id, "since": begins(since, zone)}
        paid = may(operator, "payment:read")
        return Overview(
            today=today,
            since=since,
            ahead=ahead,
            journeys=await journey_figures(session, operator, now),
            tasks=await task_figures(session, operator, now),
            appointments=await appointment_figures(session, operator, zone, since, today, now),
            takings=await takings(session, MOVED, moved) if paid else (),
            session_weeks=await session_weeks(session, operator, zone, today),
            takings_weeks=await takings_weeks(session, operator, zone, today) if paid else (),
            urgent=await _urgent(session, operator, now, locale) if may(operator, "task:read") else (),
            late=await _late(session, operator, now, locale) if may(operator, "journey:read") else (),
            opened=opened,
            parked=parked,
            elsewhere=await elsewhere(session, operator, now) if may(operator, "appointment:read") else (),
        )


async def _standing(session: AsyncSession, operator: Operator) -> tuple[ZoneInfo, int, int]:
    """The organization's clock; records opened in an emergency, and refunds, that wait for somebody: 0 where the
    operator reads none of them."""
    row = (await session.execute(STANDING, {"organization_id": operator.organization_id})).one()
    opened = row.opened if may(operator, "glass:review") else 0
    return ZoneInfo(row.time_zone), opened, row.parked if may(operator, "payment:read") else 0


async def _urgent(session: AsyncSession, operator: Operator, now: datetime, locale: str) -> tuple[TaskRow, ...]:
    first = (await session.execute(URGENT, {"organization_id": operator.organization_id})).all()
    return await task_rows(session, operator, first, now, locale)


async def _late(session: AsyncSession, operator: Operator, now: datetime, locale: str) -> tuple[JourneyRow, ...]:
    first = (await session.execute(LATE, {"organization_id": operator.organization_id})).all()
    return await journey_rows(session, operator, first, now, locale)


THEIRS: BindParameter[UUID] = bindparam("organization_id")
STANDING = select(
    col(Organization.time_zone), unreviewed(THEIRS).label("opened"), count_parked(THEIRS).label("parked")
).where(col(Organization.id) == THEIRS)
MOVED = sums_of(movements(select(col(LedgerEntry.id)), THEIRS).where(col(LedgerEntry.posted_at) >= bindparam("since")))
_urgent_ones = (
    select(col(Task.id))
    .where(col(Task.organization_id) == THEIRS, col(Task.done_at).is_(None), col(Task.urgent).is_(True))
    .order_by(col(Task.urgent).desc(), col(Task.due_at))
    .limit(FEW)
)
_late_ones = (
    select(col(Journey.id))
    .where(col(Journey.organization_id) == THEIRS, col(Journey.status) == "active", col(Journey.escalated).is_(True))
    .order_by(col(Journey.until))
    .limit(FEW)
)
URGENT = all_tasks(THEIRS).where(col(Task.id).in_(_urgent_ones)).order_by(col(Task.due_at))
LATE = all_journeys(THEIRS).where(col(Journey.id).in_(_late_ones)).order_by(col(Journey.until))
"""Which they are is found first, and who they are about is looked up for these alone."""
