"""Every journey of the organization: what it waits for, for whom, until when, and what happens then."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Operator
from domain.journeys.language import Owner, Stage
from models import Brand, Journey, Patient, Person
from usecases.context import Context
from usecases.listing import ByName, ListQuery, Paging, full_name, sought
from usecases.organization.listing import Id, Statement, brand_of, paged
from usecases.organization.named import of_patients_named
from usecases.organization.steps import StepName, Steps, name_of, steps_of
from usecases.permission import needs
from usecases.views import View

Sort = Literal["until", "since", "started", "patient"]
ORDER: dict[Sort, tuple[Any, ...]] = {
    "until": (col(Journey.until).asc().nulls_last(), col(Journey.id)),
    "since": (col(Journey.since).asc().nulls_last(), col(Journey.id)),
    "started": (col(Journey.started_at).desc(), col(Journey.id)),
    "patient": (col(Person.family_name), col(Person.given_name), col(Journey.id)),
}


class JourneyQuery(ListQuery):
    """`late`: escalated (longer than planned) or overdue (past the deadline, and nothing has moved it on)."""

    brand: str | None = Field(None, max_length=60)
    status: Literal["active", "ended", "all"] = "active"
    stage: Stage | None = None
    waits_for: Owner | None = None
    late: Literal["escalated", "overdue"] | None = None
    sort: Sort = "until"


class JourneySearch(JourneyQuery, ByName):
    """The same, by name."""


class JourneyRow(View):
    """`step` is where it waits, `then` where it goes when patience ends at `until`."""

    id: UUID
    patient_id: UUID
    patient: str
    brand: str
    definition_key: str
    definition_version: int
    status: str
    stage: str
    step: StepName | None
    waits_for: str
    since: datetime | None
    until: datetime | None
    then: StepName | None
    escalated: bool
    overdue: bool
    outcome: str
    started_at: datetime


class JourneyList(View):
    rows: tuple[JourneyRow, ...]
    paging: Paging


@needs("journey:read")
async def journeys(context: Context, operator: Operator, query: JourneyQuery, locale: str) -> JourneyList:
    now = context.now()
    async with context.database.transaction(operator) as session:
        matching, shown = await _matching(session, operator, query, now), all_journeys(operator.organization_id)
        found, paging = await paged(session, matching, ORDER[query.sort], query.page, shown)
        rows = await journey_rows(session, operator, found, now, locale)
    return JourneyList(rows=rows, paging=paging)


def all_journeys(organization_id: Id) -> Statement:
    """Rows of (journey, patient's name, brand's name)."""
    return (
        select(Journey, full_name(), col(Brand.name))
        .join(Patient, col(Patient.id) == col(Journey.patient_id))
        .join(Person, col(Person.id) == col(Patient.person_id))
        .join(Brand, col(Brand.id) == col(Journey.brand_id))
        .where(col(Journey.organization_id) == organization_id)
    )


async def _matching(session: AsyncSession, operator: Operator, query: JourneyQuery, now: datetime) -> Statement:
    statement: Statement = select(col(Journey.id)).where(col(Journey.organization_id) == operator.organization_id)
    if query.status != "all":
        statement = statement.where(col(Journey.status) == query.status)
    if query.brand:
        statement = statement.where(col(Journey.brand_id).in_(brand_of(query.brand)))
    if query.stage:
        statement = statement.where(col(Journey.stage) == query.stage)
    if query.waits_for:
        statement = statement.where(col(Journey.waits_for) == query.waits_for)
    if query.late == "escalated":
        statement = statement.where(col(Journey.escalated).is_(True))
    if query.late == "overdue":
        statement = statement.where(col(Journey.until) < now)
    if query.sort == "patient":
        statement = statement.join(Patient, col(Patient.id) == col(Journey.patient_id))
        statement = statement.join(Person, col(Person.id) == col(Patient.person_id))
    if name := sought(query):
        statement = statement.where(await of_patients_named(session, col(Journey.patient_id), name))
    return statement


async def journey_rows(
    session: AsyncSession, operator: Operator, found: Any, now: datetime, locale: str
) -> tuple[JourneyRow, ...]:
    pinned = [(journey.definition_key, journey.definition_version) for journey, _, _ in found]
    words = await steps_of(session, operator.organization_id, pinned, locale)
    return tuple(
        _row(journey, patient, brand, words[(journey.definition_key, journey.definition_version)], now)
        for journey, patient, brand in found
    )


def _row(journey: Journey, patient: str, brand: str, steps: Steps, now: datetime) -> JourneyRow:
    plain = journey.model_dump(include=set(JourneyRow.model_fields) - {"step", "then"})
    return JourneyRow(
        **plain,
        patient=patient,
        brand=brand,
        step=name_of(steps, journey.step),
        then=name_of(steps, journey.then),
        overdue=journey.until is not None and journey.until < now,
    )
