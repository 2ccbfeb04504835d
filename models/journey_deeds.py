"""What a person did and their journey may not have heard of: what was kept in Postgres, as the journey is told it.

The engine reads no note and no answers: it is told that a note is signed, and what a form has scored.
"""

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.appointments.state import ENDED
from domain.journeys.state import AppointmentChanged, ConsentsGiven, Event, FormCompleted, NoteSigned
from models.appointment import Appointment
from models.form import response_id
from models.patient import Consent
from workflows.steps import FindDeed

SIGNED = text("select security.note_signed(:appointment)")
RESULT = text("select score, band, flags from security.form_result(:response)")


async def kept_deed(session: AsyncSession, asked: FindDeed) -> Event | None:
    match asked.kind:
        case "consent":
            return await _consents(session, asked)
        case "form" | "survey":
            return await _form(session, asked)
        case "note":
            return await _note(session, asked)
        case "session":
            return await _move(session, asked)
        case _:
            return None


async def _consents(session: AsyncSession, asked: FindDeed) -> ConsentsGiven:
    active = (col(Consent.patient_id) == asked.patient_id, col(Consent.status) == "active")
    kinds = await session.scalars(select(col(Consent.kind)).where(*active).distinct())
    return ConsentsGiven(kinds=tuple(sorted(kinds)))


async def _form(session: AsyncSession, asked: FindDeed) -> FormCompleted | None:
    response = response_id(asked.journey_id, asked.step, asked.since)
    found = (await session.execute(RESULT, {"response": response})).mappings().one_or_none()
    return FormCompleted(form=asked.form, facts=dict(found)) if found else None


async def _note(session: AsyncSession, asked: FindDeed) -> NoteSigned | None:
    if asked.appointment_id is None or not await session.scalar(SIGNED, {"appointment": asked.appointment_id}):
        return None
    return NoteSigned(appointment_id=asked.appointment_id)


async def _move(session: AsyncSession, asked: FindDeed) -> AppointmentChanged | None:
    ahead = (col(Appointment.id) == asked.appointment_id, col(Appointment.status).not_in(ENDED))
    row = (await session.scalars(select(Appointment).where(*ahead))).one_or_none()
    return AppointmentChanged(appointment_id=row.id, change="moved", ends=row.ends_at) if row else None
