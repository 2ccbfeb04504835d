"""Refunds that wait for a person, as they come to wait, and the people who settle them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from domain.actors import Engine, Operator
from domain.money import Money
from gateways.payments import RefundOrder
from models import LedgerEntry, LedgerIntent
from tests.access.things import staff_person
from tests.fixtures.house import RunningHouse
from tests.payments.till import PRICE, Till, unpaid


@dataclass(frozen=True)
class Waiting:
    """A parked refund, and somebody of finance."""

    house: RunningHouse
    organization_id: UUID
    appointment_id: UUID
    refund_id: UUID
    finance: Operator

    async def refund(self) -> LedgerIntent:
        async with self.house.database.transaction(Engine(self.organization_id)) as session:
            return await session.get_one(LedgerIntent, self.refund_id)

    async def entries(self) -> list[tuple[str, str]]:
        """Kind and key of what was posted for it."""
        async with self.house.database.transaction(Engine(self.organization_id)) as session:
            posted = select(LedgerEntry).where(col(LedgerEntry.intent_id) == self.refund_id)
            return [(row.kind, row.key) for row in await session.scalars(posted.order_by(col(LedgerEntry.posted_at)))]

    async def check_untouched(self) -> None:
        assert (await self.refund()).status == "parked"
        assert await self.entries() == []


async def refused_at(till: Till, at_desk: Money = PRICE, amount: Money = PRICE, retained: int = 0) -> Waiting:
    """Paid and given back at the vendor's own desk, so that the engine's refund was refused."""
    await till.charge()
    charge = (await till.sandbox.seen("charges"))[0]["id"]
    await till.steps.payments.refund(RefundOrder(charge, at_desk, "at-the-desk", {"intent_key": "desk"}))
    await till.refund(amount, Money(retained, amount.currency))
    async with till.house.database.transaction(Engine(till.patient.organization_id)) as session:
        mine = select(LedgerIntent).where(col(LedgerIntent.appointment_id) == till.appointment_id)
        row = (await session.scalars(mine.where(col(LedgerIntent.kind) == "refund"))).one()
    assert row.status == "parked"
    return await waiting(till.house, row)


async def parked(house: RunningHouse, reason: str = "charge_already_refunded") -> Waiting:
    """One in the books alone: the vendor was never asked."""
    patient, appointment_id = await unpaid(house)
    row = LedgerIntent(
        organization_id=patient.organization_id,
        key=f"refund/{appointment_id}/refund",
        kind="refund",
        patient_id=patient.patient_id,
        appointment_id=appointment_id,
        amount=PRICE.amount,
        currency=PRICE.currency,
        status="parked",
        reason=reason,
        rule={"version": "cancellation-terms/1", "retained": 0},
    )
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        session.add(row)
    return await waiting(house, row)


async def waiting(house: RunningHouse, row: LedgerIntent) -> Waiting:
    person = await staff_person(house, row.organization_id, "finance")
    finance = Operator(row.organization_id, person.id, frozenset({"finance"}))
    return Waiting(house, row.organization_id, row.appointment_id, row.id, finance)
