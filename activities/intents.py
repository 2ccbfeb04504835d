"""Ledger intents: written before the vendor is called, settled with what the vendor said."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.ledger import charge_lines
from domain.money import Money
from gateways.payments import ChargeOutcome
from models import Appointment, LedgerIntent
from models.announcements import announce
from models.base import values_of
from models.posting import post
from workflows.steps import PaymentResult

KEPT = "500"
"""What the vendor answered is kept under its key, and repeated for a day; other silences leave the key usable."""

STATUS = {
    "succeeded": "succeeded",
    "declined": "declined",
    "canceled": "canceled",
    "requires_action": "pending",
    "processing": "pending",
}


async def intend(session: AsyncSession, intent: LedgerIntent) -> tuple[LedgerIntent, bool]:
    """The intent with this key, and whether it is new."""
    values = values_of(intent)
    created = await session.scalar(
        insert(LedgerIntent).values(values).on_conflict_do_nothing().returning(col(LedgerIntent.id))
    )
    same = (col(LedgerIntent.organization_id) == intent.organization_id) & (col(LedgerIntent.key) == intent.key)
    return (await session.scalars(select(LedgerIntent).where(same).with_for_update())).one(), created is not None


async def charges_of(session: AsyncSession, appointment_id: UUID) -> list[LedgerIntent]:
    """Every charge of an appointment, the newest first, locked."""
    mine = (col(LedgerIntent.appointment_id) == appointment_id) & (col(LedgerIntent.kind) == "charge")
    query = select(LedgerIntent).where(mine).order_by(col(LedgerIntent.created_at).desc()).with_for_update()
    return list((await session.scalars(query)).all())


async def settle(session: AsyncSession, intent: LedgerIntent, outcome: ChargeOutcome) -> PaymentResult:
    """Write down what the vendor said; a success is posted in the same transaction, once. Never goes back."""
    if intent.status == "succeeded":
        return PaymentResult(status="succeeded")
    intent.status = STATUS[outcome.status]
    intent.vendor_reference = outcome.payment_intent
    intent.action_url = outcome.action_url or ""
    intent.reason = outcome.decline_code or ""
    if intent.status != "pending":
        intent.settled_at = datetime.now(UTC)
    if intent.status == "succeeded":
        lines = charge_lines(amount_of(intent), "price/1", intent.patient_id, intent.appointment_id)
        await post(session, intent.organization_id, intent.key, "charge", lines, intent.id)
    await announce(session, ("appointment", intent.appointment_id), ("patient", intent.patient_id))
    return result_of(intent)


async def use_up_key(session: AsyncSession, intent: LedgerIntent) -> None:
    """The next try takes a new key; somebody else who found the same one used up may have been here before."""
    row = await session.get(LedgerIntent, intent.id, with_for_update=True)
    if row is not None and row.generation == intent.generation:
        row.generation += 1


def result_of(intent: LedgerIntent) -> PaymentResult:
    match intent.status:
        case "succeeded":
            return PaymentResult(status="succeeded")
        case "declined" | "canceled":
            return PaymentResult(status="declined", decline_code=intent.reason or None)
        case _ if intent.vendor_checkout:
            return PaymentResult(status="open", action_url=intent.action_url)
        case _:
            return PaymentResult(status="requires_action", action_url=intent.action_url or None)


def amount_of(row: LedgerIntent | Appointment) -> Money:
    return Money(row.amount, row.currency)
