"""What journeys ask of the specialist, and ticking it off."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Specialist
from domain.journeys.language import Definition, staff_title
from domain.journeys.state import TaskDone
from domain.refusals import NotFound, NotInThisState
from domain.words import said
from models import Appointment, Journey, Patient, Person, Task
from usecases.context import Context
from usecases.journeys import tell
from usecases.listing import COUNTED
from usecases.permission import needs
from usecases.specialist.agenda import TREATED
from usecases.views import View
from usecases.why import definition_of

MINE = "specialist"


class TaskItem(View):
    task_id: UUID
    patient_id: UUID
    patient: str
    title: str
    urgent: bool
    due_at: datetime
    overdue: bool


@needs("task:read")
async def tasks(context: Context, specialist: Specialist, locale: str) -> tuple[TaskItem, ...]:
    async with context.database.transaction(specialist) as session:
        return await open_tasks(session, specialist, context.now(), locale)


async def open_tasks(session: AsyncSession, specialist: Specialist, now: datetime, locale: str) -> tuple[TaskItem, ...]:
    """The urgent ones first, then by when they are due; which they are is found before whose they are."""
    order = col(Task.urgent).desc(), col(Task.due_at), col(Task.id)
    mine = select(col(Task.id)).where(col(Task.assignee) == MINE, col(Task.done_at).is_(None), _treated(specialist))
    query = (
        select(Task, Journey, Person)
        .join(Journey, col(Journey.id) == col(Task.journey_id))
        .join(Patient, col(Patient.id) == col(Task.patient_id))
        .join(Person, col(Person.id) == col(Patient.person_id))
        .where(col(Task.id).in_(mine.order_by(*order).limit(COUNTED)))
        .order_by(*order)
    )
    found = (await session.execute(query)).all()
    under = {_plan(journey): journey for _, journey, _ in found}
    plans = {plan: await definition_of(session, journey) for plan, journey in under.items()}
    return tuple(_item(task, plans[_plan(journey)], person, now, locale) for task, journey, person in found)


@needs("task:complete", of="task")
async def complete_task(context: Context, specialist: Specialist, task_id: UUID) -> None:
    """Tick it off; the journey goes on. The same again is no second time. Raises `NotFound`, `NotInThisState`."""
    async with context.database.transaction(specialist) as session:
        mine = select(Task).where(col(Task.id) == task_id, col(Task.assignee) == MINE, _treated(specialist))
        task = (await session.scalars(mine)).one_or_none()
    if task is None:
        raise NotFound
    if task.done_at is not None:
        if task.done_by == specialist.person_id:
            return
        raise NotInThisState
    await tell(context, task.journey_id, TaskDone(step=task.step), f"task-done/{task.id}")
    async with context.database.transaction(specialist) as session:
        done = update(Task).where(col(Task.id) == task_id, col(Task.done_by).is_(None))
        await session.execute(done.values(done_by=specialist.person_id))


def _treated(specialist: Specialist) -> ColumnElement[bool]:
    patients = select(col(Appointment.patient_id)).where(
        col(Appointment.specialist_id) == specialist.specialist_id, col(Appointment.status).in_(TREATED)
    )
    return col(Task.patient_id).in_(patients)


def _plan(journey: Journey) -> tuple[UUID, str, int]:
    """Under which plan it began; many began under the same."""
    return journey.organization_id, journey.definition_key, journey.definition_version


def _item(task: Task, plan: Definition, person: Person, now: datetime, locale: str) -> TaskItem:
    return TaskItem(
        task_id=task.id,
        patient_id=task.patient_id,
        patient=person.full_name,
        title=said(staff_title(plan.step(task.step)), locale),
        urgent=task.urgent,
        due_at=task.due_at,
        overdue=task.due_at < now,
    )
