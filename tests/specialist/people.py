"""Specialists of one test only, who work round the clock, and appointments that begin within minutes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import House, Patient, Specialist
from domain.appointments.state import Status
from models import (
    Appointment,
    AppointmentType,
    Brand,
    Engagement,
    Licence,
    Location,
    Organization,
    Person,
    Price,
    WorkingHours,
)
from models import Specialist as SpecialistRow
from portals.core.door import SESSION_COOKIE
from tests.fixtures.house import SPECIALISTS, RunningHouse, Visitor
from tests.fixtures.http import http_client
from tests.usecases.steps import until
from usecases.identity.doors import Door
from usecases.identity.sessions import SignedIn, open_session
from usecases.processes import appointment_handle, ask
from usecases.scheduling.holding import Hold, hold
from workflows.appointment import Appointment as AppointmentWorkflow
from workflows.commands import Pay

FREE, PAID, CALL, VISIT = "right-now", "right-now-paid", "right-now-by-phone", "right-now-in-person"
"""Appointment types without notice; only the specialists made here offer them. All but the first cost something."""

MODALITIES = {CALL: "phone", VISIT: "in-person"}


@dataclass(frozen=True)
class Colleague:
    email: str
    specialist: Specialist


async def new_specialist(house: RunningHouse, *organizations: str, zone: str = "", hours: bool = True) -> Colleague:
    """Engaged by the organizations with these keys (Northlight without any), licensed in all places of the demo.

    Without a `zone`, where it is about noon: what begins within minutes is today's.
    """
    zone = zone or noon_somewhere(soon(house))
    await _types(house)
    async with house.database.transaction(House()) as session:
        person = await _person(session, house.context.now(), zone)
        row = SpecialistRow(
            person_id=person.id,
            display_name="Dr. Toni Berg",
            profession="psychologist",
            languages=["en"],
            time_zone=zone,
        )
        session.add(row)
        await session.flush()
        for place in ("US-MA", "DE"):
            session.add(Licence(specialist_id=row.id, jurisdiction=place, number="T-1", expires_on=date(2040, 1, 1)))
        for weekday in range(7 if hours else 0):
            session.add(WorkingHours(specialist_id=row.id, weekday=weekday, starts=0, ends=1440))
        await _engage(session, row.id, organizations or ("northlight",))
    return Colleague(person.email, Specialist(person.id, row.id))


async def booked(
    house: RunningHouse,
    patient: Patient,
    colleague: Colleague,
    start: datetime | None = None,
    journey_id: UUID | None = None,
    kind: str = FREE,
) -> UUID:
    """A confirmed appointment; it begins within minutes when no `start` is given, so its room is open."""
    command = Hold(
        specialist_id=colleague.specialist.specialist_id,
        appointment_type=kind,
        start=start or soon(house),
        key=uuid4().hex,
        journey_id=journey_id,
    )
    appointment_id = await hold(house.context, patient, command)
    if kind != FREE:
        payment = Pay(payment_method="pm_card_visa", attempt=uuid4().hex, return_url="http://x", cancel_url="http://x")
        handle = appointment_handle(house.temporal, appointment_id)
        await ask(handle.execute_update(AppointmentWorkflow.pay, payment))
    await until(lambda: has_status(house, patient, appointment_id, Status.CONFIRMED))
    return appointment_id


async def has_status(house: RunningHouse, patient: Patient, appointment_id: UUID, status: Status) -> bool:
    async with house.database.transaction(patient) as session:
        return (await session.get_one(Appointment, appointment_id)).status == status


def noon_somewhere(now: datetime) -> str:
    """Where the day of `now` is the day that UTC has."""
    return f"Etc/GMT{now.hour - 12:+d}"


def soon(house: RunningHouse, later: int = 0) -> datetime:
    """The next time that is a multiple of five minutes, or `later` minutes after it; not one that is all but here."""
    now = (house.context.now() + timedelta(seconds=20)).replace(second=0, microsecond=0)
    return now + timedelta(minutes=5 - now.minute % 5 + later)


async def named(house: RunningHouse, patient: Patient, given_name: str, family_name: str) -> Patient:
    """The same patient under another name."""
    async with house.database.transaction(House()) as session:
        person = await session.get_one(Person, patient.person_id)
        person.given_name, person.family_name = given_name, family_name
    return patient


@asynccontextmanager
async def at_pages(house: RunningHouse, who: Colleague) -> AsyncIterator[Visitor]:
    async with house.visitor(SPECIALISTS) as visitor:
        visitor.cookies[SESSION_COOKIE] = (await session_of(house, who, "cookie")).token
        yield visitor


@asynccontextmanager
async def app_of(house: RunningHouse, who: Colleague) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"host": f"{SPECIALISTS}:{house.settings.port}"}
    headers["authorization"] = f"Bearer {(await session_of(house, who, 'bearer')).token}"
    base_url = f"http://127.0.0.1:{house.settings.port}/api/"
    async with http_client(base_url=base_url, headers=headers) as client:
        yield client


async def session_of(house: RunningHouse, who: Colleague, kind: str) -> SignedIn:
    async with house.database.transaction(House()) as session:
        person = await session.get_one(Person, who.specialist.person_id)
    return await open_session(house.context, Door("specialist"), person, kind)


async def _person(session: AsyncSession, now: datetime, zone: str) -> Person:
    person = Person(
        email=f"{uuid4().hex}@specialists.example",
        email_verified_at=now,
        password_hash="!",
        given_name="Toni",
        family_name="Berg",
        time_zone=zone,
    )
    session.add(person)
    await session.flush()
    return person


async def _engage(session: AsyncSession, specialist_id: UUID, organizations: tuple[str, ...]) -> None:
    for organization in await session.scalars(select(Organization).where(col(Organization.key).in_(organizations))):
        session.add(
            Engagement(
                organization_id=organization.id,
                specialist_id=specialist_id,
                effective_from=date(2025, 1, 1),
                appointment_types=[FREE, PAID, CALL, VISIT],
                terms={"kind": "percentage", "percent": 70},
            )
        )


async def _types(house: RunningHouse) -> None:
    """The types at every brand's price, once."""
    async with house.database.transaction(House()) as session:
        if await session.scalar(select(AppointmentType).where(col(AppointmentType.key) == FREE).limit(1)):
            return
        for brand in await session.scalars(select(Brand).order_by(col(Brand.organization_id))):
            for key, amount in ((FREE, 0), (PAID, 5000), (CALL, 5000), (VISIT, 5000)):
                kind = await _type(session, brand.organization_id, key)
                price = Price(
                    organization_id=brand.organization_id,
                    brand_id=brand.id,
                    appointment_type_id=kind.id,
                    amount=amount,
                    currency=brand.currency,
                )
                session.add(price)


async def _type(session: AsyncSession, organization_id: UUID, key: str) -> AppointmentType:
    mine = (col(AppointmentType.organization_id) == organization_id, col(AppointmentType.key) == key)
    kind = (await session.scalars(select(AppointmentType).where(*mine))).one_or_none()
    if kind is None:
        there = (col(Location.organization_id) == organization_id, col(Location.kind) == "physical")
        kind = AppointmentType(
            organization_id=organization_id,
            key=key,
            name={"en": "Session", "de": "Sitzung"},
            length=30,
            notice=0,
            alignment=5,
            modality=MODALITIES.get(key, "video"),
            location_id=await session.scalar(select(col(Location.id)).where(*there)) if key == VISIT else None,
        )
        session.add(kind)
        await session.flush()
    return kind
