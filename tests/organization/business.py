"""Five weeks of business for a control room to show: sessions held, missed, cancelled and booked, and their money."""

import random
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Engine, House, Patient
from domain.ledger import Line, charge_lines, refund_lines
from domain.money import Money
from models import Appointment, AppointmentType, Journey, LedgerEntry, LedgerLine, Person, Specialist
from models.base import values_of
from tests.fixtures.house import MARIGOLD, RunningHouse
from tests.organization.cases import MODERATE, SEVERE, assessed
from tests.usecases.steps import new_patient

BERLIN = ZoneInfo("Europe/Berlin")
STEADY = ("Anna Keller", "Murat Demir", "Ines Vogel", "Paul Richter", "Lea Brandt")
STARTING = (("Jan Novak", SEVERE), ("Clara Weiss", MODERATE), ("Tim Haas", MODERATE))
LATE = "Clara Weiss"
PRICE = Money(11500, "EUR")


@dataclass(frozen=True)
class Book:
    """What every appointment of the five weeks shares."""

    specialist_ids: tuple[UUID, ...]
    kind_id: UUID
    now: datetime


async def five_weeks(house: RunningHouse) -> None:
    """At Praxis Lindenhof, by a fixed seed."""
    chance = random.Random(11)
    patients = [await named(house, name) for name in STEADY]
    for name, facts in STARTING:
        case = await assessed(house, facts, MARIGOLD)
        await rename(house, case.patient, name)
        if name == LATE:
            async with house.database.transaction(Engine(case.patient.organization_id)) as session:
                mine = update(Journey).where(col(Journey.id) == case.journey_id)
                await session.execute(mine.values(escalated=True))
    async with house.database.transaction(Engine(patients[0].organization_id)) as session:
        book = await opened(session, house.context.now())
        monday = house.context.now().astimezone(BERLIN).date()
        monday -= timedelta(days=monday.weekday() + 35)
        for day in range(48):
            if (monday + timedelta(days=day)).weekday() < 5:
                at = datetime.combine(monday + timedelta(days=day), time(9), BERLIN)
                for hour in sorted(chance.sample(range(8), 1 + day // 12)):
                    who = chance.choice(patients)
                    await one(session, book, who, at + timedelta(hours=hour), chance.random())


async def opened(session: AsyncSession, now: datetime) -> Book:
    names = ("Greta Sommer", "Dr. Henrik Lund")
    specialists = await session.scalars(select(col(Specialist.id)).where(col(Specialist.display_name).in_(names)))
    kind = await session.scalars(select(col(AppointmentType.id)).where(col(AppointmentType.key) == "follow-up"))
    return Book(tuple(specialists), kind.one(), now)


async def one(session: AsyncSession, book: Book, patient: Patient, start: datetime, luck: float) -> None:
    """A session that took place, was missed or cancelled, or lies ahead."""
    past, end = start < book.now, start + timedelta(minutes=50)
    status = ("no-show" if luck < 0.08 else "completed") if past else "confirmed"
    status = "cancelled" if luck > 0.9 else status
    row = Appointment(
        organization_id=patient.organization_id,
        brand_id=patient.brand_id,
        patient_id=patient.patient_id,
        specialist_id=book.specialist_ids[int(luck * 1000) % 2],
        appointment_type_id=book.kind_id,
        status=status,
        starts_at=start,
        ends_at=end,
        blocked=Range(start, end),
        amount=PRICE.amount,
        currency=PRICE.currency,
        hold_until=start,
        paid=True,
    )
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return  # other tests book with these specialists too
    paid_at = min(start - timedelta(days=3), book.now)
    await moved(session, row, paid_at, charge_lines(PRICE, "price/1", patient.patient_id, row.id))
    if status == "cancelled":
        given_back = refund_lines(PRICE, "terms/1", patient.patient_id, row.id)
        await moved(session, row, min(start - timedelta(days=2), book.now), given_back)


async def moved(session: AsyncSession, row: Appointment, at: datetime, lines: list[Line]) -> None:
    kind = "charge" if lines[0].account == "card-vendor" else "refund"
    entry = LedgerEntry(organization_id=row.organization_id, key=uuid4().hex, kind=kind, posted_at=at)
    session.add(entry)
    await session.flush()
    rows = [
        LedgerLine(
            organization_id=row.organization_id,
            entry_id=entry.id,
            account=line.account,
            amount=line.amount.amount,
            currency=line.amount.currency,
            rule_version=line.rule_version,
            patient_id=line.patient_id,
            appointment_id=line.appointment_id,
        )
        for line in lines
    ]
    await session.execute(insert(LedgerLine).values([values_of(row) for row in rows]))


async def named(house: RunningHouse, name: str) -> Patient:
    patient = await new_patient(house, MARIGOLD)
    await rename(house, patient, name)
    return patient


async def rename(house: RunningHouse, patient: Patient, name: str) -> None:
    given, family = name.split()
    async with house.database.transaction(House()) as session:
        mine = update(Person).where(col(Person.id) == patient.person_id)
        await session.execute(mine.values(given_name=given, family_name=family))
