"""The session brief: all a specialist needs before a session, on one page."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Specialist
from domain.appointments.state import Status
from models import Appointment, Journey, Note, Patient, Person
from usecases.context import Context
from usecases.permission import needs
from usecases.room.place import StatedPlace, stated
from usecases.specialist.agenda import AgendaItem, item_of
from usecases.specialist.intake import (
    AnsweredForm,
    ConsentLine,
    MaterialLine,
    answered_forms,
    consents,
    materials,
)
from usecases.specialist.meeting_to_lead import MeetingToLead, meeting_to_lead
from usecases.specialist.notes import NoteVersion, version_view, versions_of
from usecases.views import View
from usecases.why import AppointmentWhy, JourneyWhy, why_appointment, why_journey


class PatientCard(View):
    """`age` in whole years on the specialist's day; `emergency_contact` by field."""

    patient_id: UUID
    name: str
    birth_date: date | None
    age: int | None
    language: str
    zone: str
    jurisdiction: str
    emergency_contact: dict[str, str]


class EarlierNote(View):
    """The newest signed version of a note of this specialist from another session."""

    appointment_id: UUID
    note: NoteVersion


class Brief(View):
    """`place` is where the patient said to be at the beginning of this session, None before. `meeting` is for a session
    without a room, as long as it is ahead or under way.
    """

    appointment: AgendaItem
    patient: PatientCard
    why: AppointmentWhy
    journey: JourneyWhy | None
    forms: tuple[AnsweredForm, ...]
    consents: tuple[ConsentLine, ...]
    materials: tuple[MaterialLine, ...]
    notes: tuple[NoteVersion, ...]
    earlier: tuple[EarlierNote, ...]
    room_open: bool
    may_cancel: bool
    place: StatedPlace | None
    meeting: MeetingToLead | None


@needs("brief:read", of="appointment")
async def brief(context: Context, specialist: Specialist, appointment_id: UUID, locale: str) -> Brief:
    """Raises `NotFound` for what is absent, somebody else's, or no more than a hold."""
    now = context.now()
    async with context.database.transaction(specialist) as session:
        item = await item_of(session, specialist, appointment_id, locale)
        patient = await patient_card(session, item.patient_id, now)
        forms = await answered_forms(session, item.patient_id, locale)
        agreed = await consents(session, item.patient_id, locale)
        offered = await materials(session, appointment_id, locale)
        notes = await versions_of(session, appointment_id)
        earlier = await earlier_notes(session, specialist, item.patient_id, but=appointment_id)
        row = await session.get_one(Appointment, appointment_id)
        place = await stated(session, row)
        meeting = await meeting_to_lead(session, row, item, now)
    why = await why_appointment(context, specialist, appointment_id, locale)
    return Brief(
        appointment=item,
        patient=patient,
        why=why,
        journey=next(iter(await journeys_seen(context, specialist, [item.journey_id], locale)), None),
        forms=forms,
        consents=agreed,
        materials=offered,
        notes=notes,
        earlier=earlier,
        room_open=item.room_open(now),
        may_cancel=item.status in (Status.CONFIRMED, Status.WAITING),
        place=place,
        meeting=meeting,
    )


async def journeys_seen(
    context: Context, specialist: Specialist, journeys: Iterable[UUID | None], locale: str
) -> tuple[JourneyWhy, ...]:
    """In that order; without those of organizations that engage the specialist no more."""
    wanted = [journey_id for journey_id in journeys if journey_id]
    async with context.database.transaction(specialist) as session:
        seen = set(await session.scalars(select(col(Journey.id)).where(col(Journey.id).in_(wanted))))
    return tuple([await why_journey(context, specialist, each, locale) for each in wanted if each in seen])


async def patient_card(session: AsyncSession, patient_id: UUID, now: datetime) -> PatientCard:
    row = await session.get_one(Patient, patient_id)
    person = await session.get_one(Person, row.person_id)
    contact = {name: str(value) for name, value in row.emergency_contact.items() if value}
    return PatientCard(
        patient_id=row.id,
        name=person.full_name,
        birth_date=row.birth_date,
        age=_years(row.birth_date, now.date()) if row.birth_date else None,
        language=person.locale,
        zone=person.time_zone,
        jurisdiction=row.jurisdiction,
        emergency_contact=contact,
    )


async def earlier_notes(
    session: AsyncSession, specialist: Specialist, patient_id: UUID, but: UUID | None = None
) -> tuple[EarlierNote, ...]:
    """The newest first."""
    query = select(Note).where(
        col(Note.patient_id) == patient_id,
        col(Note.specialist_id) == specialist.specialist_id,
        col(Note.status) == "signed",
    )
    newest: dict[UUID, Note] = {}
    for note in await session.scalars(query.order_by(col(Note.version).desc())):
        if note.appointment_id != but:
            newest.setdefault(note.appointment_id, note)
    ordered = sorted(newest.values(), key=lambda note: note.signed_at or note.written_at, reverse=True)
    return tuple(EarlierNote(appointment_id=note.appointment_id, note=version_view(note)) for note in ordered)


def _years(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
