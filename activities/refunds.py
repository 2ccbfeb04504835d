"""Giving money back: once per key, looked up before any second try; what is retained is posted as a fee."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from activities.intents import KEPT, amount_of, charges_of, intend, use_up_key
from domain.actors import Engine
from domain.ledger import GIVEN, fee_lines, refund_lines
from domain.refusals import NotFound
from gateways.errors import VendorBug, VendorDeclined, VendorIndeterminate
from gateways.payments import Payments, RefundOrder, RefundOutcome
from models import Appointment, LedgerIntent, PaymentCustomer
from models.announcements import announce
from models.base import values_of
from models.posting import post
from models.session import Database
from workflows.steps import RefundPayment


class Refunds:
    def __init__(self, database: Database, payments: Payments) -> None:
        self.database = database
        self.payments = payments

    async def refund(self, refund: RefundPayment) -> None:
        charge, intent, is_new = await self._intend(refund)
        if charge is None or intent is None:
            return
        if intent.status in (*GIVEN, "parked"):  # a person's: tried again behind their back, it could be given twice
            return
        if refund.amount:
            outcome = None if is_new else await self.payments.find_refund(charge.vendor_reference, intent.key)
            outcome = outcome or await self._call(charge, intent, refund)
            if outcome.status not in ("succeeded", "pending"):
                await self._park(intent, outcome)
                return
            intent.vendor_reference = outcome.refund
        await self._post(intent, refund)

    async def customer_of(self, organization_id: UUID, appointment_id: UUID) -> str:
        """The vendor's name for the appointment's patient, made on first use.

        The key is a new one each time: an empty customer too many harms nobody, but a failure that the vendor keeps
        under a fixed key would shut the patient out for a day.
        """
        async with self.database.transaction(Engine(organization_id)) as session:
            appointment = await session.get(Appointment, appointment_id)
            if appointment is None:
                raise NotFound
            if known := await _customer(session, appointment.patient_id):
                return known
        patient_id = appointment.patient_id
        made = await self.payments.ensure_customer(patient_id, f"customer/{patient_id}/{uuid4()}")
        async with self.database.transaction(Engine(organization_id)) as session:
            row = PaymentCustomer(organization_id=organization_id, patient_id=patient_id, vendor_customer=made)
            await session.execute(insert(PaymentCustomer).values(values_of(row)).on_conflict_do_nothing())
            return await _customer(session, patient_id) or made

    async def _intend(self, refund: RefundPayment) -> tuple[LedgerIntent | None, LedgerIntent | None, bool]:
        async with self.database.transaction(Engine(refund.organization_id)) as session:
            charges = await charges_of(session, refund.appointment_id)
            charge = next((row for row in charges if row.status == "succeeded"), None)
            if charge is None:
                return None, None, False
            wanted = LedgerIntent(
                organization_id=refund.organization_id,
                key=f"refund/{refund.appointment_id}/{refund.key}",
                kind="refund",
                patient_id=charge.patient_id,
                appointment_id=refund.appointment_id,
                amount=refund.amount.amount,
                currency=refund.amount.currency,
                rule={"version": refund.rule_version, "retained": refund.retained.amount},
            )
            intent, is_new = await intend(session, wanted)
            return charge, intent, is_new

    async def _call(self, charge: LedgerIntent, intent: LedgerIntent, refund: RefundPayment) -> RefundOutcome:
        order = RefundOrder(
            payment_intent=charge.vendor_reference,
            amount=refund.amount,
            key=f"{intent.key}/{intent.generation}",
            metadata={"intent_key": intent.key, "organization": str(intent.organization_id)},
        )
        try:
            return await self.payments.refund(order)
        except VendorIndeterminate as lost:
            known = await self.payments.find_refund(charge.vendor_reference, intent.key)
            if known is not None:
                return known
            if lost.code == KEPT:
                async with self.database.transaction(Engine(intent.organization_id)) as session:
                    await use_up_key(session, intent)
            raise
        except (VendorDeclined, VendorBug) as refused:
            return RefundOutcome(status="failed", refund="", reason=refused.code)

    async def _park(self, intent: LedgerIntent, outcome: RefundOutcome) -> None:
        """The vendor refuses: a person of finance has to look at it, and finds it in the control room."""
        async with self.database.transaction(Engine(intent.organization_id)) as session:
            row = await session.get(LedgerIntent, intent.id, with_for_update=True)
            if row is not None and row.status not in GIVEN:
                row.status, row.vendor_reference = "parked", outcome.refund
                row.reason = outcome.reason or outcome.status
                await announce(session, ("appointment", row.appointment_id), ("organization", row.organization_id))

    async def _post(self, intent: LedgerIntent, refund: RefundPayment) -> None:
        place = (refund.rule_version, intent.patient_id, intent.appointment_id)
        lines = refund_lines(amount_of(intent), *place) if refund.amount else []
        lines += fee_lines(refund.retained, *place) if refund.retained else []
        async with self.database.transaction(Engine(intent.organization_id)) as session:
            row = await session.get(LedgerIntent, intent.id, with_for_update=True)
            if row is None or row.status in GIVEN:
                return
            row.status, row.vendor_reference, row.settled_at = "succeeded", intent.vendor_reference, datetime.now(UTC)
            await post(session, row.organization_id, row.key, "refund", lines, row.id)
            await announce(session, ("appointment", row.appointment_id), ("patient", row.patient_id))


async def _customer(session: AsyncSession, patient_id: UUID) -> str | None:
    query = select(col(PaymentCustomer.vendor_customer)).where(col(PaymentCustomer.patient_id) == patient_id)
    return await session.scalar(query)
