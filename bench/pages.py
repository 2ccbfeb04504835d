"""How long the first byte of the portals' busiest pages takes: for one reader, and for eight at once."""

from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from bench.portal_read import fill, portal
from bench.served import asked, served
from bench.simulation.clinic import Clinic
from domain.actors import Engine, House, Patient
from models import Appointment, Brand, Membership, Person, Specialist
from portals.core.door import SESSION_COOKIE
from usecases.identity.doors import Door
from usecases.identity.sessions import open_session

HEADING = "Pages: the first byte"
ONE, EIGHT = (120, 1), (640, 8)
ORGANIZATION = Door("organization")
HTTP = "GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}={token}\r\nAccept-Encoding: gzip\r\n\r\n"


async def measure(clinic: Clinic, patients: list[Patient]) -> list[str]:
    await fill(clinic, patients[:20])
    brand, owner, specialist = await people(clinic, patients[0])
    sign_in = partial(signed_in, clinic)
    patient = await sign_in(Door("patient", patients[0].brand_id), patients[0].person_id)
    treating, operating = await sign_in(Door("specialist"), specialist.person_id), await sign_in(ORGANIZATION, owner)
    pages = [
        ("a patient's home", brand.host, "/", patient),
        ("a patient's specialists", brand.host, "/specialists", patient),
        ("a specialist's free times", brand.host, f"/specialists/{specialist.id}", patient),
        ("a specialist's day", "specialists.localhost", "/", treating),
        ("a specialist's week", "specialists.localhost", "/week", treating),
        ("the control room", "organizations.localhost", "/", operating),
        ("an organization's appointments", "organizations.localhost", "/appointments", operating),
        ("an organization's people", "organizations.localhost", "/people", operating),
    ]
    lines = []
    async with served(portal(clinic)) as port:
        for name, host, path, token in pages:
            request = HTTP.format(path=path, host=host, cookie=SESSION_COOKIE, token=token).encode()
            await asked(port, request, *ONE)
            one, eight = await asked(port, request, *ONE), await asked(port, request, *EIGHT)
            lines.append(
                f"- {name}: {one.median:.1f} ms (budget 15); of eight at once 95 % in {eight.p95:.0f} ms (budget 100)"
            )
    return ["Behind uvicorn, one process, asked by another.", "", *lines]


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


async def signed_in(clinic: Clinic, door: Door, person_id: UUID) -> str:
    async with clinic.context.database.transaction(House()) as session:
        person = await session.get_one(Person, person_id)
    return (await open_session(clinic.context, door, person, "cookie")).token
