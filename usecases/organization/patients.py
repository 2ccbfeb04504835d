"""The organization's patients: who they are, where their journeys stand, what is booked. Read-only."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ScalarSelect, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Operator
from domain.refusals import NotFound
from models import Appointment, Brand, Consent, Journey, Patient, Person
from usecases.context import Context
from usecases.listing import ByName, ListQuery, Paging, full_name, sought
from usecases.organization.appointment_rows import AppointmentRow, Wanted, find_appointments
from usecases.organization.journeys import JourneyRow, all_journeys, journey_rows
from usecases.organization.listing import Statement, brand_of, paged
from usecases.organization.named import of_people_named
from usecases.permission import needs
from usecases.views import View

NOWHERE = "@import.invalid"
"""Ends the address of somebody imported without one."""

Sort = Literal["name", "-created"]
ORDER: dict[Sort, tuple[Any, ...]] = {
    "name": (col(Person.family_name), col(Person.given_name), col(Patient.id)),
    "-created": (col(Patient.created_at).desc(), col(Patient.id)),
}


class PatientQuery(ListQuery):
    brand: str | None = Field(None, max_length=60)
    source: Literal["registration", "pack", "fhir-import"] | None = None
    sort: Sort = "name"


class PatientSearch(PatientQuery, ByName):
    """The same, by name."""


class PatientRow(View):
    """`stage` of the newest open journey, "" without one; `next_at` is the next confirmed appointment."""

    id: UUID
    name: str
    brand: str
    birth_date: date | None
    jurisdiction: str
    source: str
    created_at: datetime
    stage: str
    next_at: datetime | None


class PatientList(View):
    rows: tuple[PatientRow, ...]
    paging: Paging


class ConsentView(View):
    kind: str
    version: int
    status: str
    channel: str
    given_at: datetime
    withdrawn_at: datetime | None


class PatientPage(View):
    """`email` is "" when none is known; `confirmed` says whether it is theirs. `appointments`: the newest, of as many
    as `appointments_total` says."""

    patient: PatientRow
    email: str
    confirmed: bool
    phone: str
    locale: str
    time_zone: str
    gender: str
    journeys: tuple[JourneyRow, ...]
    appointments: tuple[AppointmentRow, ...]
    appointments_total: int
    consents: tuple[ConsentView, ...]


@needs("patient:read")
async def patients(context: Context, operator: Operator, query: PatientQuery) -> PatientList:
    async with context.database.transaction(operator) as session:
        asked = _asked(operator, context.now())
        found, paging = await paged(
            session, await _matching(session, query), ORDER[query.sort], query.page, PATIENTS, asked
        )
    return PatientList(rows=tuple(_row(*each) for each in found), paging=paging)


@needs("patient:read", of="patient", act="patient:read")
async def patient(context: Context, operator: Operator, patient_id: UUID, locale: str) -> PatientPage:
    """Raises `NotFound`, also for another organization's."""
    now = context.now()
    booked = await find_appointments(context.database, operator, Wanted(patient_id=patient_id), locale)
    async with context.database.transaction(operator) as session:
        mine = WITH_PERSON.where(col(Patient.id) == patient_id)
        found = (await session.execute(mine, _asked(operator, now))).one_or_none()
        if found is None:
            raise NotFound
        *shown, person = found
        row = found[0]
        walked = all_journeys(operator.organization_id).where(col(Journey.patient_id) == patient_id)
        walked = walked.order_by(col(Journey.started_at).desc())
        given = select(Consent).where(col(Consent.patient_id) == patient_id).order_by(col(Consent.given_at).desc())
        return PatientPage(
            patient=_row(*shown),
            email="" if person.email.endswith(NOWHERE) else person.email,
            confirmed=person.email_verified_at is not None,
            phone=person.phone,
            locale=person.locale,
            time_zone=person.time_zone,
            gender=row.gender,
            journeys=await journey_rows(session, operator, (await session.execute(walked)).all(), now, locale),
            appointments=booked.rows,
            appointments_total=booked.total,
            consents=tuple(ConsentView.model_validate(consent) for consent in await session.scalars(given)),
        )


def _asked(operator: Operator, now: datetime) -> dict[str, Any]:
    return {"organization_id": operator.organization_id, "now": now}


def _all() -> Statement:
    """Rows of (patient, name, brand's name, stage or None, next appointment or None)."""
    return (
        select(Patient)
        .where(WHOSE)
        .join(Person, col(Person.id) == col(Patient.person_id))
        .join(Brand, col(Brand.id) == col(Patient.brand_id))
        .add_columns(full_name(), col(Brand.name), _stage(), _next())
    )


def _stage() -> ScalarSelect[Any]:
    return (
        select(col(Journey.stage))
        .where(col(Journey.patient_id) == col(Patient.id), col(Journey.status) == "active")
        .order_by(col(Journey.started_at).desc())
        .limit(1)
        .correlate(Patient)
        .scalar_subquery()
    )


def _next() -> ScalarSelect[Any]:
    return (
        select(func.min(col(Appointment.starts_at)))
        .where(col(Appointment.patient_id) == col(Patient.id), col(Appointment.status) == "confirmed")
        .where(col(Appointment.starts_at) > bindparam("now"))
        .correlate(Patient)
        .scalar_subquery()
    )


WHOSE = col(Patient.organization_id) == bindparam("organization_id")
PATIENTS = _all()
WITH_PERSON = PATIENTS.add_columns(Person)


async def _matching(session: AsyncSession, query: PatientQuery) -> Statement:
    statement: Statement = select(col(Patient.id)).where(WHOSE)
    if query.brand:
        statement = statement.where(col(Patient.brand_id).in_(brand_of(query.brand)))
    if query.source:
        statement = statement.where(col(Patient.source) == query.source)
    if query.sort == "name":
        statement = statement.join(Person, col(Person.id) == col(Patient.person_id))
    if name := sought(query):
        statement = statement.where(await of_people_named(session, col(Patient.person_id), name))
    return statement


def _row(row: Patient, name: str, brand: str, stage: str | None, next_at: datetime | None) -> PatientRow:
    plain = row.model_dump(include={"id", "birth_date", "jurisdiction", "source", "created_at"})
    return PatientRow(**plain, name=name, brand=brand, stage=stage or "", next_at=next_at)
