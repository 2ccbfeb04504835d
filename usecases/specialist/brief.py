"""The session brief: all a specialist needs before a session, on one page."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Specialist
from domain.appointments.state import Status
from domain.refusals import NotFound
from models import Appointment, Journey, Note, Patient, Person
from usecases.context import Context
from usecases.permission import needs
from usecases.room.place import StatedPlace, stated
from usecases.specialist.agenda import ITEMS, AgendaItem, agenda_item, one_of
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
from usecases.why import AppointmentWhy, JourneyWhy, appointment_why, journey_why


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
        item, row, patient = await _prepared(session, specialist, appointment_id, locale, now)
        forms = await answered_forms(session, item.patient_id, locale)
        agreed = await consents(session, item.patient_id, locale)
        offered = await materials(session, appointment_id, locale)
        notes = await versions_of(session, appointment_id)
        earlier = await earlier_notes(session, specialist, item.patient_id, but=appointment_id)
        place = await stated(session, row)
        meeting = await meeting_to_lead(session, row, item, now)
        why = await appointment_why(session, row, now, locale)
        journeys = await journeys_seen(session, specialist, [row.journey_id], locale)
    return Brief(
        appointment=item,
        patient=patient,
        why=why,
        journey=journeys[0] if journeys else None,
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
    session: AsyncSession, specialist: Specialist, journeys: Iterable[UUID | None], locale: str
) -> tuple[JourneyWhy, ...]:
    """In that order; without those of organizations that engage the specialist no more."""
    rows = [await session.get(Journey, each) for each in journeys if each]
    return tuple([await journey_why(session, specialist, row, locale) for row in rows if row])


async def _prepared(
    session: AsyncSession, specialist: Specialist, appointment_id: UUID, locale: str, now: datetime
) -> tuple[AgendaItem, Appointment, PatientCard]:
    """The appointment for the list and as it is kept, and whose it is. Raises `NotFound`."""
    found = (await session.execute(WITH_PATIENT.where(*one_of(specialist, appointment_id)))).one_or_none()
    if found is None:
        raise NotFound
    *shown, patient, person = found
    return agenda_item(locale, *shown), found[0], patient_card(patient, person, now)


def patient_card(row: Patient, person: Person, now: datetime) -> PatientCard:
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


WITH_PATIENT = ITEMS.add_columns(Patient, Person)


def _years(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
