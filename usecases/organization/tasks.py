"""What journeys ask of the organization's people: open tasks, the urgent ones first, and ticking them off."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from domain.access.roles import ROLES, TICKS
from domain.actors import Operator
from domain.journeys.state import TaskDone
from domain.refusals import NotFound, NotInThisState
from models import Brand, Journey, Patient, Person, Task
from usecases.context import Context
from usecases.journeys import tell
from usecases.listing import ByName, ListQuery, Paging, full_name, sought
from usecases.organization.listing import Id, Statement, paged
from usecases.organization.named import of_patients_named
from usecases.organization.steps import StepName, name_of, steps_of
from usecases.permission import may, needs, require
from usecases.views import View

Doer = aliased(Person)

OWN_ROLE = "care-team"
"""Whoever may by a role that the organization made itself."""


class TaskQuery(ListQuery):
    state: Literal["open", "done"] = "open"
    urgent: bool | None = None
    assignee: Literal["care-coordinator", "clinical-lead", "specialist"] | None = None


class TaskSearch(TaskQuery, ByName):
    """The same, by name."""


class TaskRow(View):
    """`may_complete`: whether the one who reads may tick it off. `done_by` is empty when the clock closed it.

    `phone` is the patient's while an urgent task is open, "" when none is known.
    """

    id: UUID
    journey_id: UUID
    patient: str
    brand: str
    step: StepName | None
    assignee: str
    urgent: bool
    due_at: datetime
    opened_at: datetime
    overdue: bool
    done_at: datetime | None
    done_by: str
    may_complete: bool
    phone: str


class TaskList(View):
    rows: tuple[TaskRow, ...]
    paging: Paging


@needs("task:read")
async def tasks(context: Context, operator: Operator, query: TaskQuery, locale: str) -> TaskList:
    async with context.database.transaction(operator) as session:
        shown = all_tasks(operator.organization_id)
        matching = await _matching(session, operator, query)
        found, paging = await paged(session, matching, _order(query), query.page, shown)
        rows = await task_rows(session, operator, found, context.now(), locale)
    return TaskList(rows=rows, paging=paging)


@needs("task:read", of="task", act="task:complete")
async def complete_task(context: Context, operator: Operator, task_id: UUID) -> None:
    """Tick a task off; its journey goes on. The same person again is no second time.

    Raises `NotFound`, `NotAllowed` when the task is for another role, `NotInThisState` when it is closed.
    """
    async with context.database.transaction(operator) as session:
        task = await session.get(Task, task_id)
    if task is None or task.organization_id != operator.organization_id:
        raise NotFound
    require(operator, TICKS[task.assignee])
    if task.done_at is not None:
        if task.done_by == operator.person_id:
            return
        raise NotInThisState
    await tell(context, task.journey_id, TaskDone(step=task.step, by=role_of(operator, task)), f"task-done/{task.id}")
    async with context.database.transaction(operator) as session:
        mine = (col(Task.id) == task_id) & col(Task.done_by).is_(None)
        await session.execute(update(Task).where(mine).values(done_by=operator.person_id))


def role_of(operator: Operator, task: Task) -> str:
    """The role somebody ticks it off in: the one it is for where they hold it, else another that may."""
    able = [role.key for role in ROLES if role.key in operator.roles and TICKS[task.assignee] in role.permissions] or [
        OWN_ROLE
    ]
    return task.assignee if task.assignee in able else able[0]


def all_tasks(organization_id: Id) -> Statement:
    """Rows of (task, journey, patient's name, brand's name, person who did it or None, patient's phone)."""
    return (
        select(Task, Journey, full_name(), col(Brand.name), Doer, col(Person.phone))
        .join(Journey, col(Journey.id) == col(Task.journey_id))
        .join(Patient, col(Patient.id) == col(Task.patient_id))
        .join(Person, col(Person.id) == col(Patient.person_id))
        .join(Brand, col(Brand.id) == col(Journey.brand_id))
        .outerjoin(Doer, col(Doer.id) == col(Task.done_by))
        .where(col(Task.organization_id) == organization_id)
    )


async def _matching(session: AsyncSession, operator: Operator, query: TaskQuery) -> Statement:
    is_open = col(Task.done_at).is_(None)
    mine = col(Task.organization_id) == operator.organization_id
    statement: Statement = select(col(Task.id)).where(mine, is_open if query.state == "open" else ~is_open)
    if query.urgent is not None:
        statement = statement.where(col(Task.urgent).is_(query.urgent))
    if query.assignee:
        statement = statement.where(col(Task.assignee) == query.assignee)
    if name := sought(query):
        statement = statement.where(await of_patients_named(session, col(Task.patient_id), name))
    return statement


def _order(query: TaskQuery) -> tuple[Any, ...]:
    if query.state == "done":
        return col(Task.done_at).desc(), col(Task.id)
    return col(Task.urgent).desc(), col(Task.due_at), col(Task.id)


async def task_rows(
    session: AsyncSession, operator: Operator, found: Any, now: datetime, locale: str
) -> tuple[TaskRow, ...]:
    pinned = [(journey.definition_key, journey.definition_version) for _, journey, *_ in found]
    words = await steps_of(session, operator.organization_id, pinned, locale)
    return tuple(
        TaskRow(
            **task.model_dump(include=set(TaskRow.model_fields) - {"step", "done_by", "phone"}),
            patient=patient,
            brand=brand,
            step=name_of(words[(journey.definition_key, journey.definition_version)], task.step),
            overdue=task.done_at is None and task.due_at < now,
            done_by=doer.full_name if doer else "",
            may_complete=task.done_at is None and may(operator, TICKS[task.assignee]),
            phone=phone if task.urgent and task.done_at is None else "",
        )
        for task, journey, patient, brand, doer, phone in found
    )
