"""Every test card, charged from our server through the real SDK."""

import pytest

from domain.money import Money
from gateways.errors import VendorBug, VendorDeclined, VendorNeedsCustomer
from gateways.payments import RefundOrder
from gateways.stripe_payments import StripePayments
from tests.fixtures.sandbox import SandboxServer
from tests.gateways.conftest import MakeOrder

DECLINES = [
    ("pm_card_visa_chargeDeclined", "generic_decline"),
    ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
    ("pm_card_chargeDeclinedExpiredCard", "expired_card"),
    ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc"),
    ("pm_card_chargeDeclinedProcessingError", "processing_error"),
    ("pm_card_chargeCustomerFail", "generic_decline"),
]
CHALLENGES = [
    "pm_card_authenticationRequired",
    "pm_card_threeDSecure2Required",
    "pm_card_authenticationRequiredOnSetup",
]


@pytest.mark.parametrize("card", ["pm_card_visa", "pm_card_mastercard", "pm_card_amex"])
async def test_a_good_card_pays(sandbox: SandboxServer, payments: StripePayments, order: MakeOrder, card: str) -> None:
    outcome = await payments.charge(order(card))
    assert outcome.status == "succeeded"
    assert outcome == await payments.charge_status(outcome.payment_intent)
    assert (await sandbox.seen("totals"))["charges"] == {"count": 1, "amounts": {"USD": 12000}}


@pytest.mark.parametrize(("card", "reason"), DECLINES)
async def test_a_declined_card_is_an_outcome_and_takes_nothing(
    sandbox: SandboxServer, payments: StripePayments, order: MakeOrder, card: str, reason: str
) -> None:
    outcome = await payments.charge(order(card))
    assert (outcome.status, outcome.decline_code) == ("declined", reason)
    assert outcome == await payments.charge_status(outcome.payment_intent)
    assert (await sandbox.seen("totals"))["charges"]["count"] == 0


@pytest.mark.parametrize("card", CHALLENGES)
@pytest.mark.parametrize(("decision", "status", "count"), [("complete", "succeeded", 1), ("fail", "declined", 0)])
async def test_3d_secure_sends_the_person_to_the_bank_and_back(
    sandbox: SandboxServer,
    payments: StripePayments,
    order: MakeOrder,
    card: str,
    decision: str,
    status: str,
    count: int,
) -> None:
    waiting = await payments.charge(order(card))
    assert waiting.status == "requires_action"
    assert waiting.action_url is not None
    back = await sandbox.authenticate(waiting.action_url, decision)
    assert back.startswith(f"http://aurora.localhost:8000/paid?payment_intent={waiting.payment_intent}")
    assert (await payments.charge_status(waiting.payment_intent)).status == status
    assert (await sandbox.seen("totals"))["charges"]["count"] == count


async def test_nobody_can_authenticate_for_a_person_who_is_away(
    sandbox: SandboxServer, payments: StripePayments, order: MakeOrder
) -> None:
    with pytest.raises(VendorNeedsCustomer):
        await payments.charge(order("pm_card_authenticationRequired", return_url=None))
    assert (await sandbox.seen("totals"))["charges"]["count"] == 0


async def test_a_canceled_charge_cannot_be_paid_and_a_paid_one_not_canceled(
    payments: StripePayments, order: MakeOrder
) -> None:
    waiting = await payments.charge(order("pm_card_threeDSecure2Required"))
    assert (await payments.cancel_charge(waiting.payment_intent)).status == "canceled"
    assert (await payments.cancel_charge(waiting.payment_intent)).status == "canceled"
    paid = await payments.charge(order())
    assert (await payments.cancel_charge(paid.payment_intent)).status == "succeeded"


async def test_the_most_advanced_charge_of_an_intent_is_found(
    payments: StripePayments, order: MakeOrder, customer: str
) -> None:
    intent = {"intent_key": "line-7"}
    paid = await payments.charge(order("pm_card_visa", metadata=intent))
    await payments.charge(order("pm_card_chargeDeclined", metadata=intent))
    assert await payments.find_charge(customer, "line-7") == paid
    assert await payments.find_charge(customer, "line-8") is None


async def test_refunds_never_exceed_the_payment(
    sandbox: SandboxServer, payments: StripePayments, order: MakeOrder
) -> None:
    paid = (await payments.charge(order())).payment_intent
    first = await payments.refund(RefundOrder(paid, Money(5000, "USD"), "refund-1"))
    assert first.status == "succeeded"
    with pytest.raises(VendorBug):
        await payments.refund(RefundOrder(paid, Money(7001, "USD"), "refund-2"))
    await payments.refund(RefundOrder(paid, Money(7000, "USD"), "refund-3"))
    with pytest.raises(VendorDeclined, match="charge_already_refunded"):
        await payments.refund(RefundOrder(paid, Money(1, "USD"), "refund-4"))
    assert await payments.find_refund(paid, "refund-1") == first
    assert await payments.find_refund(paid, "refund-2") is None
    assert (await sandbox.seen("totals"))["refunds"] == {"count": 2, "amounts": {"USD": 12000}}


async def test_more_charges_than_a_page_are_searched(payments: StripePayments, order: MakeOrder, customer: str) -> None:
    first = await payments.charge(order(key="the-first"))
    for _ in range(101):
        await payments.charge(order())
    assert await payments.find_charge(customer, "the-first") == first
