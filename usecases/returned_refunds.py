"""Refunds that come back: the vendor said yes, and days later the patient's bank says no."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from domain.actors import Engine
from domain.ledger import returned_lines
from domain.money import Money
from domain.refusals import StillWorking
from gateways.errors import VendorError
from gateways.payments import RefundOutcome
from models import LedgerIntent
from models.announcements import announce
from models.posting import post
from usecases.context import Context


async def refund_changed(context: Context, organization_id: UUID, payment_intent: str, key: str) -> str:
    """What was done about it; `key` is our intent's. What is true of the refund the vendor is asked, whatever it told.

    Raises `StillWorking` when the vendor is silent, or we have not written down yet that it was given: it tells again.
    """
    if not payment_intent:
        return "no payment named"
    try:
        stands = await context.payments.find_refund(payment_intent, key)
    except VendorError as silent:
        raise StillWorking from silent
    if stands is None or stands.status in ("succeeded", "pending"):
        return "the refund stands"
    return "the refund came back" if await _take_back(context, organization_id, key, stands) else "known already"


async def _take_back(context: Context, organization_id: UUID, key: str, stands: RefundOutcome) -> bool:
    """What was given back is ours again, by an entry of its own; a person has to find another way to the patient."""
    async with context.database.transaction(Engine(organization_id)) as session:
        same = select(LedgerIntent).where(
            col(LedgerIntent.organization_id) == organization_id, col(LedgerIntent.key) == key
        )
        row = (await session.scalars(same.with_for_update())).one_or_none()
        if row is not None and row.status == "intended":
            raise StillWorking
        if row is None or row.status != "succeeded" or row.vendor_reference != stands.refund:
            return False
        row.status, row.reason = "parked", stands.reason or stands.status
        rule = str(row.rule.get("version", ""))
        lines = returned_lines(Money(row.amount, row.currency), rule, row.patient_id, row.appointment_id)
        await post(session, organization_id, f"{row.key}/returned", "refund-returned", lines, row.id)
        await announce(
            session,
            ("appointment", row.appointment_id),
            ("patient", row.patient_id),
            ("organization", organization_id),
        )
    return True
