"""What journeys ask of the specialist, and ticking it off."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Specialist
from domain.journeys.language import staff_title
from domain.journeys.state import TaskDone
from domain.refusals import NotFound, NotInThisState
from domain.words import said
from models import Appointment, Journey, Patient, Person, Task
from usecases.context import Context
from usecases.journeys import tell
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
    """The urgent ones first, then by when they are due."""
    query = (
        select(Task, Journey, Person)
        .join(Journey, col(Journey.id) == col(Task.journey_id))
        .join(Patient, col(Patient.id) == col(Task.patient_id))
        .join(Person, col(Person.id) == col(Patient.person_id))
        .where(col(Task.assignee) == MINE, col(Task.done_at).is_(None), _treated(specialist))
        .order_by(col(Task.urgent).desc(), col(Task.due_at))
    )
    found = (await session.execute(query)).all()
    return tuple([await _item(session, *row, now, locale) for row in found])


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


async def _item(
    session: AsyncSession, task: Task, journey: Journey, person: Person, now: datetime, locale: str
) -> TaskItem:
    step = (await definition_of(session, journey)).step(task.step)
    return TaskItem(
        task_id=task.id,
        patient_id=task.patient_id,
        patient=person.full_name,
        title=said(staff_title(step), locale),
        urgent=task.urgent,
        due_at=task.due_at,
        overdue=task.due_at < now,
    )
