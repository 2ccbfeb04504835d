"""Money of an appointment: intent first, then the vendor, then the outcome; looked up before any second try."""

from uuid import UUID

from temporalio import activity

from activities.intents import KEPT, amount_of, charges_of, intend, result_of, settle, use_up_key
from activities.refunds import Refunds
from domain.actors import Engine
from domain.ledger import OPEN, charge_key
from domain.refusals import NotFound
from gateways.errors import (
    VendorBug,
    VendorDeclined,
    VendorError,
    VendorIndeterminate,
    VendorNeedsCustomer,
    VendorRetry,
)
from gateways.payments import ChargeOrder, ChargeOutcome, CheckoutOrder, Payments
from models import Appointment, LedgerIntent
from models.session import Database
from workflows.steps import (
    EndPayments,
    LookUpPayment,
    PaymentResult,
    PaymentSteps,
    RefundPayment,
    TakePayment,
)

UNFINISHED = ("requires_action", "processing")
NOT_FOUND = ChargeOutcome(status="canceled", payment_intent="")


class CardPayments(PaymentSteps):
    def __init__(self, database: Database, payments: Payments) -> None:
        self.database = database
        self.payments = payments
        self.refunds = Refunds(database, payments)

    @activity.defn(name="take_payment")
    async def take_payment(self, payment: TakePayment) -> PaymentResult:
        if (await self._end_others(payment)).status == "succeeded":
            return PaymentResult(status="succeeded")
        customer = await self.refunds.customer_of(payment.organization_id, payment.appointment_id)
        intent, is_new = await self._intend(payment)
        if intent.status not in OPEN:
            return result_of(intent)
        if not is_new and (known := await self._known(customer, intent)) is not None:
            return await self._settle(intent, known)
        try:
            if payment.payment_method is None:
                return await self._open_page(payment, customer, intent)
            outcome = await self.payments.charge(_order(intent, customer, payment.return_url))
        except VendorIndeterminate as lost:
            await self._after_silence(customer, intent, lost)
            raise
        except (VendorDeclined, VendorNeedsCustomer) as refused:
            outcome = _declined(refused)
        except VendorBug as unusable:
            if payment.payment_method is None:
                raise
            outcome = await self.payments.find_charge(customer, intent.key) or _declined(unusable)
        return await self._settle(intent, outcome)

    @activity.defn(name="look_up_payment")
    async def look_up_payment(self, payment: LookUpPayment) -> PaymentResult:
        intents = await self._charges(payment.organization_id, payment.appointment_id)
        if not intents:
            return PaymentResult(status="none")
        newest = intents[0]
        if newest.status not in OPEN:
            return result_of(newest)
        outcome = await self._standing(newest)
        return await self._settle(newest, outcome) if outcome else result_of(newest)

    @activity.defn(name="end_payments")
    async def end_payments(self, payment: EndPayments) -> PaymentResult:
        intents = await self._charges(payment.organization_id, payment.appointment_id)
        for intent in intents:
            if intent.status == "succeeded":
                return PaymentResult(status="succeeded")
            if intent.status in OPEN and (await self._end(intent)).status == "succeeded":
                return PaymentResult(status="succeeded")
        return PaymentResult(status="none")

    @activity.defn(name="refund_payment")
    async def refund_payment(self, refund: RefundPayment) -> None:
        await self.refunds.refund(refund)

    async def _end_others(self, payment: TakePayment) -> PaymentResult:
        """At most one payment of an appointment is open: a new attempt ends the earlier ones."""
        for intent in await self._charges(payment.organization_id, payment.appointment_id):
            if intent.status == "succeeded":
                return PaymentResult(status="succeeded")
            if intent.status in OPEN and intent.key != charge_key(payment.appointment_id, payment.attempt):
                ended = await self._end(intent)
                if ended.status == "succeeded":
                    return ended
        return PaymentResult(status="none")

    async def _intend(self, payment: TakePayment) -> tuple[LedgerIntent, bool]:
        async with self.database.transaction(Engine(payment.organization_id)) as session:
            appointment = await session.get(Appointment, payment.appointment_id)
            if appointment is None:
                raise NotFound
            wanted = LedgerIntent(
                organization_id=payment.organization_id,
                key=charge_key(payment.appointment_id, payment.attempt),
                kind="charge",
                patient_id=appointment.patient_id,
                appointment_id=payment.appointment_id,
                amount=payment.amount.amount,
                currency=payment.amount.currency,
                payment_method=payment.payment_method or "",
            )
            return await intend(session, wanted)

    async def _open_page(self, payment: TakePayment, customer: str, intent: LedgerIntent) -> PaymentResult:
        order = CheckoutOrder(
            customer=customer,
            amount=payment.amount,
            key=_vendor_key(intent),
            description="Session",
            success_url=payment.return_url,
            cancel_url=payment.cancel_url,
            metadata=_metadata(intent),
            save_card=payment.save_card,
        )
        page = await self.payments.open_checkout(order)
        async with self.database.transaction(Engine(intent.organization_id)) as session:
            row = await session.get(LedgerIntent, intent.id, with_for_update=True)
            if row is None:
                raise NotFound
            row.status, row.vendor_checkout, row.action_url = "pending", page.id, page.url
            return result_of(row)

    async def _after_silence(self, customer: str, intent: LedgerIntent, lost: VendorIndeterminate) -> None:
        """A failure the vendor stores under the key would be repeated for a day: the next try takes a new key,
        but only after the vendor was asked and knows of no charge."""
        if lost.code == KEPT and await self.payments.find_charge(customer, intent.key) is None:
            async with self.database.transaction(Engine(intent.organization_id)) as session:
                await use_up_key(session, intent)

    async def _known(self, customer: str, intent: LedgerIntent) -> ChargeOutcome | None:
        """What the vendor already has of an intent that was written down earlier."""
        if intent.vendor_checkout or intent.vendor_reference:
            return await self._standing(intent)
        return await self.payments.find_charge(customer, intent.key)

    async def _standing(self, intent: LedgerIntent) -> ChargeOutcome | None:
        if intent.vendor_checkout:
            checkout = await self.payments.checkout(intent.vendor_checkout)
            if checkout.status == "expired" and checkout.charge is None:
                return NOT_FOUND
            return checkout.charge if checkout.status != "open" else None
        if intent.vendor_reference:
            return await self.payments.charge_status(intent.vendor_reference)
        customer = await self.refunds.customer_of(intent.organization_id, intent.appointment_id)
        return await self.payments.find_charge(customer, intent.key)

    async def _end(self, intent: LedgerIntent) -> PaymentResult:
        """End it at the vendor; the answer may be that it has just succeeded.

        Raises `VendorRetry` while the vendor can neither end nor finish it: until then it may still succeed.
        """
        if intent.vendor_checkout:
            outcome = (await self.payments.expire_checkout(intent.vendor_checkout)).charge
        else:
            outcome = await self._standing(intent) or await self._forestall(intent)
        if outcome and outcome.payment_intent and outcome.status in UNFINISHED:
            outcome = await self.payments.cancel_charge(outcome.payment_intent)
        if outcome and outcome.status in UNFINISHED:
            raise VendorRetry("stripe", outcome.status)
        return await self._settle(intent, outcome or NOT_FOUND)

    async def _forestall(self, intent: LedgerIntent) -> ChargeOutcome | None:
        """The vendor knows of no charge yet, but a call may be on its way. A page nobody was sent to is harmless."""
        if not intent.payment_method:
            return None
        customer = await self.refunds.customer_of(intent.organization_id, intent.appointment_id)
        return await self.payments.forestall(_order(intent, customer), intent.key)

    async def _settle(self, intent: LedgerIntent, outcome: ChargeOutcome) -> PaymentResult:
        async with self.database.transaction(Engine(intent.organization_id)) as session:
            row = await session.get(LedgerIntent, intent.id, with_for_update=True)
            if row is None:
                raise NotFound
            return await settle(session, row, outcome)

    async def _charges(self, organization_id: UUID, appointment_id: UUID) -> list[LedgerIntent]:
        async with self.database.transaction(Engine(organization_id)) as session:
            return await charges_of(session, appointment_id)


def _declined(refused: VendorError) -> ChargeOutcome:
    """Also what the vendor takes for a mistake of ours: a card that was removed meanwhile leads on to another one."""
    return ChargeOutcome(status="declined", payment_intent="", decline_code=refused.code)


def _vendor_key(intent: LedgerIntent) -> str:
    return f"{intent.key}/{intent.generation}"


def _order(intent: LedgerIntent, customer: str, return_url: str | None = None) -> ChargeOrder:
    return ChargeOrder(
        customer=customer,
        amount=amount_of(intent),
        payment_method=intent.payment_method,
        key=_vendor_key(intent),
        description="Session",
        return_url=return_url,
        metadata=_metadata(intent),
    )


def _metadata(intent: LedgerIntent) -> dict[str, str]:
    return {
        "intent_key": intent.key,
        "appointment": str(intent.appointment_id),
        "organization": str(intent.organization_id),
    }
