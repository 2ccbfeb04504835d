"""The people a specialist treats, and each one's history with this specialist."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Specialist
from domain.appointments.state import Status
from domain.refusals import NotFound
from models import Appointment, Brand, Journey, Organization, Patient, Person
from usecases.context import Context
from usecases.listing import ByName, ListQuery, Paging, full_name, named_like, page_within, sought
from usecases.permission import needs
from usecases.shared_documents import DocumentLine
from usecases.specialist.agenda import BOOKED, KNOWN, TREATED, AgendaItem, items
from usecases.specialist.brief import EarlierNote, PatientCard, earlier_notes, journeys_seen, patient_card
from usecases.specialist.documents import documents_of
from usecases.specialist.intake import AnsweredForm, ConsentLine, answered_forms, consents
from usecases.views import View
from usecases.why import JourneyWhy

ROWS = 50


class CaseloadSearch(ListQuery, ByName):
    """By the patient's name."""


class CaseloadRow(View):
    """`stage`, `step_kind` and `waits_for` of the newest journey, empty without one; `session_at`: when the session
    with this specialist begins for which it waits, which need not be the next appointment.
    """

    patient_id: UUID
    name: str
    organization: str
    brand: str
    sessions: int
    last_at: datetime | None
    next_at: datetime | None
    stage: str
    step_kind: str
    waits_for: str
    session_at: datetime | None
    outcome: str


class Caseload(View):
    rows: tuple[CaseloadRow, ...]
    paging: Paging


class PatientHistory(View):
    """Everything with this specialist, newest first."""

    patient: PatientCard
    organization: str
    brand: str
    appointments: tuple[AgendaItem, ...]
    journeys: tuple[JourneyWhy, ...]
    forms: tuple[AnsweredForm, ...]
    consents: tuple[ConsentLine, ...]
    notes: tuple[EarlierNote, ...]
    documents: tuple[DocumentLine, ...]


@needs("caseload:read")
async def caseload(context: Context, specialist: Specialist, query: ListQuery) -> Caseload:
    """Whoever has an appointment with the specialist; the next to come first, then the last seen."""
    now = context.now()
    async with context.database.transaction(specialist) as session:
        seen = _seen(specialist, now)
        if wanted := sought(query):
            named = select(col(Patient.id)).join(Person, col(Person.id) == col(Patient.person_id))
            seen = seen.where(col(Appointment.patient_id).in_(named.where(named_like(wanted))))
        total = await session.scalar(select(func.count()).select_from(seen.subquery())) or 0
        page = page_within(query.page, total, ROWS)
        found = (await session.execute(_shown(seen.limit(ROWS).offset((page - 1) * ROWS)))).all()
        journeys = await _newest_journeys(session, [row.patient_id for row in found])
        sessions = await _sessions_awaited(session, specialist, journeys)
    paging = Paging(page=page, total=total, per_page=ROWS)
    return Caseload(rows=tuple(_row(row, journeys.get(row.patient_id), sessions) for row in found), paging=paging)


@needs("history:read", of="patient")
async def patient_history(context: Context, specialist: Specialist, patient_id: UUID, locale: str) -> PatientHistory:
    """Raises `NotFound` for whoever the specialist has not treated."""
    async with context.database.transaction(specialist) as session:
        mine = (col(Appointment.patient_id) == patient_id, col(Appointment.status).in_(KNOWN))
        appointments = await items(session, specialist, locale, *mine, newest_first=True)
        if not any(item.status in TREATED for item in appointments):
            raise NotFound
        them = select(Patient, Person).join(Person, col(Person.id) == col(Patient.person_id))
        row, person = (await session.execute(them.where(col(Patient.id) == patient_id))).one()
        forms = await answered_forms(session, patient_id, locale)
        agreed = await consents(session, patient_id, locale)
        notes = await earlier_notes(session, specialist, patient_id)
        shared = await documents_of(context, session, patient_id)
        walked = dict.fromkeys(item.journey_id for item in appointments)
        journeys = await journeys_seen(session, specialist, walked, locale)
    return PatientHistory(
        patient=patient_card(row, person, context.now()),
        organization=appointments[0].organization,
        brand=appointments[0].brand,
        appointments=appointments,
        journeys=journeys,
        forms=forms,
        consents=agreed,
        notes=notes,
        documents=shared,
    )


def _seen(specialist: Specialist, now: datetime) -> Select[*tuple[Any, ...]]:
    """Rows of (patient, sessions, last, next), made of the specialist's appointments alone."""
    status, begins, patient = col(Appointment.status), col(Appointment.starts_at), col(Appointment.patient_id)
    coming = status.in_(BOOKED) & (col(Appointment.ends_at) > now)
    held = status == Status.COMPLETED
    last_at, next_at = func.max(begins).filter(held), func.min(begins).filter(coming)
    return (
        select(patient, func.count().filter(held).label("sessions"), last_at.label("last_at"), next_at.label("next_at"))
        .where(col(Appointment.specialist_id) == specialist.specialist_id, status.in_(TREATED))
        .group_by(patient)
        .order_by(next_at.asc().nulls_last(), last_at.desc().nulls_last(), patient)
    )


def _shown(seen: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Who they are: looked up for those of one page."""
    these = seen.subquery()
    return (
        select(
            these,
            full_name().label("name"),
            col(Organization.name).label("organization"),
            col(Brand.name).label("brand"),
        )
        .join(Patient, col(Patient.id) == these.c.patient_id)
        .join(Person, col(Person.id) == col(Patient.person_id))
        .join(Brand, col(Brand.id) == col(Patient.brand_id))
        .join(Organization, col(Organization.id) == col(Patient.organization_id))
        .order_by(these.c.next_at.asc().nulls_last(), these.c.last_at.desc().nulls_last(), these.c.patient_id)
    )


async def _newest_journeys(session: AsyncSession, patients: list[UUID]) -> dict[UUID, Journey]:
    query = select(Journey).where(col(Journey.patient_id).in_(patients)).order_by(col(Journey.started_at))
    return {journey.patient_id: journey for journey in await session.scalars(query)}


async def _sessions_awaited(
    session: AsyncSession, specialist: Specialist, journeys: dict[UUID, Journey]
) -> dict[UUID, datetime]:
    """When the journeys' sessions with the specialist begin, by the journey."""
    query = (
        select(col(Journey.id), col(Appointment.starts_at))
        .join(Appointment, col(Appointment.id) == col(Journey.appointment_id))
        .where(col(Journey.id).in_([journey.id for journey in journeys.values()]), col(Journey.step_kind) == "session")
        .where(col(Appointment.specialist_id) == specialist.specialist_id)
    )
    return {row.id: row.starts_at for row in await session.execute(query)}


def _row(row: Any, journey: Journey | None, sessions: dict[UUID, datetime]) -> CaseloadRow:
    return CaseloadRow(
        patient_id=row.patient_id,
        name=row.name,
        organization=row.organization,
        brand=row.brand,
        sessions=row.sessions,
        last_at=row.last_at,
        next_at=row.next_at,
        stage=journey.stage if journey else "",
        step_kind=journey.step_kind if journey else "",
        waits_for=journey.waits_for if journey else "",
        session_at=sessions.get(journey.id) if journey else None,
        outcome=journey.outcome if journey else "",
    )
