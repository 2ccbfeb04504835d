"""The portals' busiest pages, and who opens them."""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from bench.portal_read import fill
from bench.simulation.clinic import Clinic
from domain.actors import Engine, House, Patient
from models import Appointment, Brand, Membership, Person, Specialist
from portals.core.door import SESSION_COOKIE
from usecases.identity.doors import Door
from usecases.identity.sessions import open_session

SPECIALISTS, ORGANIZATIONS = "specialists.localhost", "organizations.localhost"


@dataclass(frozen=True)
class Visit:
    """`path` at `host`, by whom the session's `token` says."""

    name: str
    host: str
    path: str
    token: str

    @property
    def cookie(self) -> str:
        """The header's value."""
        return f"{SESSION_COOKIE}={self.token}"


async def visits(clinic: Clinic, patients: list[Patient]) -> list[Visit]:
    """After the first twenty patients have booked."""
    await fill(clinic, patients[:20])
    brand, owner, specialist = await people(clinic, patients[0])
    booked = await first_of(clinic, specialist, patients[0].organization_id)
    sign_in = partial(signed_in, clinic)
    patient = await sign_in(Door("patient", patients[0].brand_id), patients[0].person_id)
    treating = await sign_in(Door("specialist"), specialist.person_id)
    operating = await sign_in(Door("organization"), owner)
    return [
        Visit("a patient's home", brand.host, "/", patient),
        Visit("a patient's specialists", brand.host, "/specialists", patient),
        Visit("a specialist's free times", brand.host, f"/specialists/{specialist.id}", patient),
        Visit("a specialist's day", SPECIALISTS, "/", treating),
        Visit("a specialist's week", SPECIALISTS, "/week", treating),
        Visit("a specialist's brief", SPECIALISTS, f"/appointments/{booked.id}", treating),
        Visit("the control room", ORGANIZATIONS, "/", operating),
        Visit("an organization's appointments", ORGANIZATIONS, "/appointments", operating),
        Visit("an organization's people", ORGANIZATIONS, "/people", operating),
        Visit("an organization's patient", ORGANIZATIONS, f"/patients/{booked.patient_id}", operating),
    ]


async def people(clinic: Clinic, patient: Patient) -> tuple[Brand, UUID, Specialist]:
    """The patient's brand, an owner of its organization, a specialist whom somebody has booked."""
    owners = select(col(Membership.person_id)).where(
        col(Membership.organization_id) == patient.organization_id, col(Membership.role) == "owner"
    )
    booked = select(Specialist).join(Appointment, col(Appointment.specialist_id) == col(Specialist.id))
    async with clinic.context.database.transaction(House()) as session:
        brand = await session.get_one(Brand, patient.brand_id)
        owner = (await session.scalars(owners.limit(1))).one()
    async with clinic.context.database.transaction(Engine(patient.organization_id)) as session:
        return brand, owner, (await session.scalars(booked.limit(1))).one()


async def first_of(clinic: Clinic, specialist: Specialist, organization_id: UUID) -> Appointment:
    """The specialist's first appointment."""
    theirs = select(Appointment).where(col(Appointment.specialist_id) == specialist.id)
    async with clinic.context.database.transaction(Engine(organization_id)) as session:
        return (await session.scalars(theirs.order_by(col(Appointment.starts_at)).limit(1))).one()


async def signed_in(clinic: Clinic, door: Door, person_id: UUID) -> str:
    async with clinic.context.database.transaction(House()) as session:
        person = await session.get_one(Person, person_id)
    return (await open_session(clinic.context, door, person, "cookie")).token
