"""The steps that move money, called as Temporal would call them, with the vendor's and the ledger's books beside."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import col

from activities.payments import CardPayments
from domain.actors import Engine, Patient
from domain.money import Money
from gateways.errors import VendorError
from models import Appointment, AppointmentType, LedgerIntent, LedgerLine, Specialist
from tests.fixtures.house import AURORA, RunningHouse
from tests.fixtures.sandbox import SandboxServer
from tests.usecases.steps import new_patient
from workflows.steps import EndPayments, LookUpPayment, PaymentResult, RefundPayment, TakePayment

PRICE = Money(14000, "USD")
NOTHING = Money(0, "USD")
FAR_AHEAD = datetime(2040, 1, 1, tzinfo=UTC)
R = TypeVar("R")
weeks = count()


@dataclass(frozen=True)
class Till:
    """One appointment of one patient that waits to be paid, guarded by no workflow."""

    house: RunningHouse
    sandbox: SandboxServer
    steps: CardPayments
    patient: Patient
    appointment_id: UUID

    async def charge(self, attempt: str = "first", card: str = "pm_card_visa") -> PaymentResult:
        return await self.steps.take_payment(self._payment(attempt, card))

    async def open_page(self, attempt: str = "page") -> PaymentResult:
        return await self.steps.take_payment(self._payment(attempt, None))

    async def look_up(self) -> PaymentResult:
        look = LookUpPayment(organization_id=self.patient.organization_id, appointment_id=self.appointment_id)
        return await self.steps.look_up_payment(look)

    async def end(self) -> PaymentResult:
        ended = EndPayments(organization_id=self.patient.organization_id, appointment_id=self.appointment_id)
        return await self.steps.end_payments(ended)

    async def refund(self, amount: Money = PRICE, retained: Money = NOTHING) -> None:
        refund = RefundPayment(
            organization_id=self.patient.organization_id,
            appointment_id=self.appointment_id,
            amount=amount,
            retained=retained,
            key="refund",
            rule_version="cancellation-terms/1",
        )
        await self.steps.refund_payment(refund)

    async def intents(self) -> list[tuple[str, str]]:
        """What was to happen and how it ended, oldest first: ("charge/first", "succeeded")."""
        async with self.house.database.transaction(Engine(self.patient.organization_id)) as session:
            mine = select(LedgerIntent).where(col(LedgerIntent.appointment_id) == self.appointment_id)
            rows = list(await session.scalars(mine.order_by(col(LedgerIntent.created_at))))
        return [(row.key.replace(f"/{self.appointment_id}", ""), row.status) for row in rows]

    async def lines(self) -> list[tuple[str, int]]:
        async with self.house.database.transaction(Engine(self.patient.organization_id)) as session:
            mine = select(LedgerLine).where(col(LedgerLine.appointment_id) == self.appointment_id)
            return sorted((line.account, line.amount) for line in await session.scalars(mine))

    async def vendor(self) -> tuple[int, int]:
        """How many successful charges and how many refunds the vendor knows."""
        totals = await self.sandbox.seen("totals")
        return totals["charges"]["count"], totals["refunds"]["count"]

    async def check_paid_once(self) -> None:
        """The vendor, the intents and the lines tell of exactly one payment."""
        assert await self.vendor() == (1, 0)
        assert Counter(status for _, status in await self.intents())["succeeded"] == 1
        assert await self.lines() == [("card-vendor", 14000), ("prepaid-sessions", -14000)]

    async def check_unpaid(self) -> None:
        assert await self.vendor() == (0, 0)
        assert "succeeded" not in dict(await self.intents()).values()
        assert await self.lines() == []

    def _payment(self, attempt: str, card: str | None) -> TakePayment:
        return TakePayment(
            organization_id=self.patient.organization_id,
            appointment_id=self.appointment_id,
            amount=PRICE,
            attempt=attempt,
            payment_method=card,
            return_url="http://aurora.localhost/paid",
            cancel_url="http://aurora.localhost/pay",
        )


async def until_answered(step: Callable[[], Awaitable[R]], tries: int = 10) -> R:
    """As Temporal would: the same step again while the vendor fails."""
    for _ in range(tries - 1):
        try:
            return await step()
        except VendorError:
            continue
    return await step()


async def unpaid(house: RunningHouse) -> tuple[Patient, UUID]:
    """A held appointment years ahead, in nobody's way."""
    patient = await new_patient(house, AURORA)
    start = FAR_AHEAD + timedelta(weeks=next(weeks))
    end = start + timedelta(minutes=50)
    async with house.database.transaction(patient) as session:
        kind = (await session.scalars(select(AppointmentType).where(col(AppointmentType.key) == "intake"))).one()
        specialist_id = (await session.scalars(select(col(Specialist.id)).limit(1))).one()
        row = Appointment(
            id=uuid4(),
            organization_id=patient.organization_id,
            brand_id=patient.brand_id,
            patient_id=patient.patient_id,
            specialist_id=specialist_id,
            appointment_type_id=kind.id,
            starts_at=start,
            ends_at=end,
            blocked=Range(start, end),
            amount=PRICE.amount,
            currency=PRICE.currency,
            terms=kind.terms,
            hold_until=house.context.now() + timedelta(minutes=15),
        )
        session.add(row)
    return patient, row.id
