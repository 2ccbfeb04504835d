"""What a patient does on the way to an appointment, as short words for tests."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlmodel import col

from domain.actors import House, Patient
from domain.journeys.state import ConsentsGiven, FormCompleted
from domain.scheduling.interval import Interval
from models import Consent, ConsentText, Journey, Person, Program
from models import Patient as PatientRow
from models.treating import who_may_treat
from tests.fixtures.house import RunningHouse
from tests.patient.people import newcomer
from usecases.journeys import begin_journey, tell
from usecases.scheduling.holding import Hold, hold
from usecases.scheduling.offers import offer_of
from usecases.scheduling.openings import openings

NO_FLAGS = {"score": 7, "band": "mild", "flags": []}


@dataclass(frozen=True)
class Offered:
    specialist_id: UUID
    start: datetime


async def new_patient(house: RunningHouse, host: str) -> Patient:
    """Somebody of the brand at `host`, with a verified address and every consent given."""
    patient = (await newcomer(house, host)).patient
    async with house.database.transaction(House()) as session:
        person = await session.get_one(Person, patient.person_id)
        texts = select(ConsentText).where(
            col(ConsentText.organization_id) == patient.organization_id, col(ConsentText.locale) == person.locale
        )
        session.add_all(_given(patient, text) for text in await session.scalars(texts))
    return patient


def _given(patient: Patient, text: ConsentText) -> Consent:
    return Consent(
        organization_id=patient.organization_id,
        patient_id=patient.patient_id,
        kind=text.kind,
        locale=text.locale,
        version=text.version,
        body_hash=text.body_hash,
        channel="portal",
        given_by=patient.person_id,
    )


async def journey_at_booking(house: RunningHouse, patient: Patient) -> UUID:
    """A journey of the demo definition, told of consents and a mild form."""
    async with house.database.transaction(patient) as session:
        program = (await session.scalars(select(Program).where(col(Program.brand_id) == patient.brand_id))).one()
    journey_id = await begin_journey(house.context, patient, program.id, uuid4().hex)
    given = ConsentsGiven(kinds=("treatment", "telehealth", "privacy"))
    await tell(house.context, journey_id, given, uuid4().hex)
    await tell(house.context, journey_id, FormCompleted(form="phq-9", facts=NO_FLAGS), uuid4().hex)
    async with house.database.transaction(patient) as session:
        assert (await session.get_one(Journey, journey_id)).step == "book-first"
    return journey_id


async def offered(house: RunningHouse, patient: Patient, days: int = 14, skip: int = 0) -> Offered:
    """A slot that is free now, `skip` others left out."""
    return (await all_offered(house, patient, days))[skip]


async def two_offered(house: RunningHouse, patient: Patient) -> tuple[Offered, Offered]:
    """Slots of one specialist that are well apart, whatever the others have booked."""
    slots = await all_offered(house, patient)
    return next((one, two) for one, two in combinations(slots, 2) if _are_apart(one, two))


def _are_apart(one: Offered, two: Offered) -> bool:
    return one.specialist_id == two.specialist_id and two.start >= one.start + timedelta(hours=3)


async def all_offered(house: RunningHouse, patient: Patient, days: int = 14) -> list[Offered]:
    """The first forty of each specialist."""
    now = house.context.now()
    window = Interval(now + timedelta(days=3), now + timedelta(days=3 + days))
    async with house.database.transaction(patient) as session:
        row = await session.get_one(PatientRow, patient.patient_id)
        offer = await offer_of(session, patient.brand_id, "intake", now)
        assert offer is not None
        who = await who_may_treat(session, patient.organization_id, row.jurisdiction, offer.kind, now.date())
        found = await openings(session, who, patient.organization_id, window, now)
        free = found.free(offer.rule, window, 40)
    return [Offered(specialist_id, slot.start) for specialist_id, found in free.items() for slot in found]


async def held(house: RunningHouse, patient: Patient, slot: Offered, journey_id: UUID | None = None) -> UUID:
    command = Hold(
        specialist_id=slot.specialist_id,
        appointment_type="intake",
        start=slot.start,
        key=uuid4().hex,
        journey_id=journey_id,
    )
    return await hold(house.context, patient, command)


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = 10) -> None:
    """Waits for something that other processes bring about."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 - what changes is in another process
            await asyncio.sleep(0.05)
