"""A session by video that is under way now: both have come, and either may come again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import col

from bench.portal_read import fill
from bench.simulation.clinic import Clinic
from bench.visits import ORGANIZATIONS, SPECIALISTS, Visit, people, signed_in
from domain.actors import Engine, Patient
from models import Appointment, AppointmentType, PlaceStatement
from usecases.identity.doors import Door

LONG = timedelta(hours=1)


@dataclass(frozen=True)
class Encounter:
    """Where each of the two, and the organization, sees it."""

    appointment: Appointment
    patient: Visit
    specialist: Visit
    organization: Visit

    @property
    def room(self) -> str:
        return f"/appointments/{self.appointment.id}/room"


@asynccontextmanager
async def encounter(clinic: Clinic, patients: list[Patient]) -> AsyncIterator[Encounter]:
    """Of the last patient, after the first twenty have booked; what it left is free again afterwards."""
    patient = patients[-1]
    await fill(clinic, patients[:20])
    brand, owner, specialist = await people(clinic, patient)
    row = await under_way(clinic, patient, specialist.id)
    theirs = await signed_in(clinic, Door("patient", patient.brand_id), patient.person_id)
    mine = await signed_in(clinic, Door("specialist"), specialist.person_id)
    operating = await signed_in(clinic, Door("organization"), owner)
    yield Encounter(
        appointment=row,
        patient=Visit("a patient's home", brand.host, "/", theirs),
        specialist=Visit("a specialist's day", SPECIALISTS, "/", mine),
        organization=Visit("an organization's appointments", ORGANIZATIONS, "/appointments", operating),
    )
    async with clinic.context.database.transaction(Engine(patient.organization_id)) as session:
        (await session.get_one(Appointment, row.id)).status = "cancelled"


async def under_way(clinic: Clinic, patient: Patient, specialist_id: UUID) -> Appointment:
    now = clinic.context.now()
    async with clinic.context.database.transaction(Engine(patient.organization_id)) as session:
        kind = (await session.scalars(select(AppointmentType).where(col(AppointmentType.modality) == "video"))).first()
        assert kind
        row = Appointment(
            organization_id=patient.organization_id,
            brand_id=patient.brand_id,
            patient_id=patient.patient_id,
            specialist_id=specialist_id,
            appointment_type_id=kind.id,
            status="in-session",
            starts_at=now,
            ends_at=now + LONG,
            blocked=Range(now, now + LONG),
            amount=0,
            currency="USD",
            terms=kind.terms,
            jurisdiction="US-MA",
            hold_until=now,
            booked_at=now,
            patient_arrived=True,
            specialist_arrived=True,
        )
        session.add(row)
        await session.flush()
        session.add(said_at(row, patient))
    return row


def said_at(row: Appointment, patient: Patient) -> PlaceStatement:
    return PlaceStatement(
        organization_id=row.organization_id,
        appointment_id=row.id,
        patient_id=row.patient_id,
        specialist_id=row.specialist_id,
        person_id=patient.person_id,
        jurisdiction=row.jurisdiction,
        may_be_treated=True,
        at=row.starts_at,
    )
