"""B2: a thousand patients want one slot. Floor: the same number of bare inserts into the same exclusion constraint."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import select
from sqlmodel import col

from bench.simulation.clinic import Clinic
from domain.actors import House, Patient
from domain.scheduling.interval import Interval
from models import Brand, Consent, ConsentText, Person
from models import Patient as PatientRow
from models.treating import who_may_treat
from usecases.scheduling.holding import Hold, hold
from usecases.scheduling.offers import offer_of
from usecases.scheduling.openings import openings

CLIENTS = 1000
CONNECTIONS = 20
FLOOR = """
create table if not exists floor (
  id uuid primary key, specialist_id uuid not null, blocked tstzrange not null,
  exclude using gist (uuidrange(specialist_id, specialist_id, '[]') with &&, blocked with &&)
)
"""
INSERT = """
insert into floor values ($1, $2, tstzrange('2030-01-01 09:00+00', '2030-01-01 10:00+00'))
on conflict do nothing returning id
"""


@dataclass(frozen=True)
class Race:
    seconds: float
    answers: Counter[str]

    @property
    def per_second(self) -> float:
        return CLIENTS / self.seconds


async def floor(clinic: Clinic) -> Race:
    """Bare asyncpg, one pool, one statement a client."""
    pool = await asyncpg.create_pool(clinic.superuser_url, min_size=CONNECTIONS, max_size=CONNECTIONS)
    await pool.execute(FLOOR)
    specialist = uuid4()
    began = time.perf_counter()
    answers = await asyncio.gather(*(pool.fetchval(INSERT, uuid4(), specialist) for _ in range(CLIENTS)))
    took = time.perf_counter() - began
    await pool.close()
    return Race(took, Counter("won" if answer else "refused" for answer in answers))


async def ours(clinic: Clinic, patients: list[Patient], number: int) -> Race:
    """The whole use case: permission, terms, licence, consent, offer, constraint, and the winner's workflow."""
    specialist_id, slot = await free_slot(clinic, patients[0], number)
    wishes = [
        Hold(specialist_id=specialist_id, appointment_type="intake", start=slot.start, key=uuid4().hex)
        for _ in patients
    ]
    began = time.perf_counter()
    answers = await asyncio.gather(
        *(hold(clinic.context, patient, wish) for patient, wish in zip(patients, wishes, strict=True)),
        return_exceptions=True,
    )
    took = time.perf_counter() - began
    return Race(took, Counter("won" if isinstance(answer, UUID) else type(answer).__name__ for answer in answers))


async def free_slot(clinic: Clinic, patient: Patient, number: int) -> tuple[UUID, Interval]:
    return (await free_slots(clinic, patient))[number]


async def free_slots(clinic: Clinic, patient: Patient) -> list[tuple[UUID, Interval]]:
    """Specialist and time, none beside another."""
    now = clinic.context.now()
    window = Interval(now + timedelta(days=2), now + timedelta(days=20))
    async with clinic.context.database.transaction(patient) as session:
        offer = await offer_of(session, patient.brand_id, "intake", now)
        assert offer
        who = await who_may_treat(session, patient.organization_id, "US-MA", offer.kind, now.date())
        free = (await openings(session, who, patient.organization_id, window, now)).free(offer.rule, window, 200)
    return [(specialist_id, slot) for specialist_id, slots in sorted(free.items()) for slot in slots[::7]]


async def crowd(clinic: Clinic) -> list[Patient]:
    """A thousand patients of one brand who have consented."""
    async with clinic.context.database.transaction(House()) as session:
        brand = (await session.scalars(select(Brand).where(col(Brand.key) == "aurora"))).one()
        english = col(ConsentText.locale) == "en"
        texts = select(ConsentText).where(col(ConsentText.organization_id) == brand.organization_id, english)
        wanted = list(await session.scalars(texts))
        people = [
            Person(
                brand_id=brand.id,
                email=f"{uuid4().hex}@crowd.example",
                password_hash="!",
                given_name="One",
                family_name="Ofmany",
            )
            for _ in range(CLIENTS)
        ]
        session.add_all(people)
        await session.flush()
        rows = [
            PatientRow(organization_id=brand.organization_id, brand_id=brand.id, person_id=one.id, jurisdiction="US-MA")
            for one in people
        ]
        session.add_all(rows)
        await session.flush()
        session.add_all(consent_of(row, text) for row in rows for text in wanted)
    return [Patient(row.organization_id, row.brand_id, row.person_id, row.id) for row in rows]


def consent_of(row: PatientRow, text: ConsentText) -> Consent:
    return Consent(
        organization_id=row.organization_id,
        patient_id=row.id,
        kind=text.kind,
        locale=text.locale,
        version=text.version,
        body_hash=text.body_hash,
        channel="portal",
        given_by=row.person_id,
    )
