"""Whom a message reaches, and everything that decides how: one read for one message."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.access.roles import TICKS
from models.appointment import Appointment
from models.holders import holders
from models.journey import Journey
from models.message import Preference
from models.organization import Brand, Location
from models.patient import Patient
from models.person import Person
from models.specialist import Specialist


@dataclass(frozen=True)
class Subject:
    """What a message is about."""

    brand: Brand
    patient: Patient
    appointment: Appointment | None
    journey: Journey | None
    location: Location | None
    """Where a session in person takes place."""

    @property
    def starts_at(self) -> datetime | None:
        return self.appointment.starts_at if self.appointment else None


async def subject_of(session: AsyncSession, appointment_id: UUID | None, journey_id: UUID | None) -> Subject | None:
    appointment = await session.get(Appointment, appointment_id) if appointment_id else None
    journey = await session.get(Journey, journey_id) if journey_id else None
    about = appointment or journey
    if about is None:
        return None
    brand = await session.get_one(Brand, about.brand_id)
    patient = await session.get_one(Patient, about.patient_id)
    at = appointment.location_id if appointment and appointment.modality == "in-person" else None
    return Subject(brand, patient, appointment, journey, await session.get(Location, at) if at else None)


async def people_of(session: AsyncSession, subject: Subject, role: str, now: datetime) -> list[Person]:
    """The patient, the appointment's specialist, or everybody of the organization who has `role` or may do its tasks by
    a role of the organization's own; owners always."""
    if role == "patient":
        return [await session.get_one(Person, subject.patient.person_id)]
    if role == "specialist" and subject.appointment:
        specialist = await session.get_one(Specialist, subject.appointment.specialist_id)
        return [await session.get_one(Person, specialist.person_id)]
    told = holders(subject.brand.organization_id, (role, "owner"), TICKS.get(role), now)
    return list(await session.scalars(told))


async def wanted_channels(session: AsyncSession, person_id: UUID, category: str) -> list[str] | None:
    """The person's choice for a category; None when there is none."""
    choice = (col(Preference.person_id) == person_id) & (col(Preference.category) == category)
    row = await session.scalar(select(Preference).where(choice))
    return None if row is None else row.channels
