"""The vendor's payment page: cards typed by a person, saved, refused, forgotten."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.money import Money
from gateways.errors import VendorBug
from gateways.payments import CheckoutOrder
from gateways.stripe_payments import StripePayments
from tests.fixtures.sandbox import SandboxServer
from tests.gateways.conftest import MakeOrder

SUCCESS = "http://aurora.localhost:8000/paid?session={CHECKOUT_SESSION_ID}"
CANCEL = "http://aurora.localhost:8000/appointments"


@pytest.fixture
def page(customer: str) -> CheckoutOrder:
    return CheckoutOrder(customer, Money(12000, "USD"), "intent-1", "Session", SUCCESS, CANCEL)


async def test_a_typed_card_pays_and_leads_back(
    sandbox: SandboxServer, payments: StripePayments, page: CheckoutOrder, customer: str
) -> None:
    opened = await payments.open_checkout(page)
    assert (await payments.checkout(opened.id)).status == "open"
    back = await sandbox.pay(opened.url)
    assert (back.status_code, back.headers["location"]) == (303, SUCCESS.format(CHECKOUT_SESSION_ID=opened.id))
    outcome = await payments.checkout(opened.id)
    assert outcome.status == "complete"
    assert outcome.charge is not None
    assert outcome.charge.status == "succeeded"
    assert await payments.find_charge(customer, "intent-1") == outcome.charge
    assert await payments.cards(customer) == []


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("4000000000000002", "generic_decline"),
        ("4000000000009995", "insufficient_funds"),
        ("4000000000000069", "expired_card"),
    ],
)
async def test_a_declined_card_stays_on_the_page_and_another_pays(
    sandbox: SandboxServer, payments: StripePayments, page: CheckoutOrder, number: str, reason: str
) -> None:
    opened = await payments.open_checkout(page)
    refused = await sandbox.pay(opened.url, number)
    assert refused.status_code == 422
    tried = await payments.checkout(opened.id)
    assert tried.status == "open"
    assert tried.charge is not None
    assert (tried.charge.status, tried.charge.decline_code) == ("declined", reason)
    assert (await sandbox.seen("totals"))["charges"]["count"] == 0
    assert (await sandbox.pay(opened.url)).status_code == 303
    assert (await sandbox.seen("totals"))["charges"] == {"count": 1, "amounts": {"USD": 12000}}


@pytest.mark.parametrize("number", ["4000002500003155", "4000000000003220"])
async def test_3d_secure_on_the_page(
    sandbox: SandboxServer, payments: StripePayments, page: CheckoutOrder, number: str
) -> None:
    opened = await payments.open_checkout(page)
    challenge = (await sandbox.pay(opened.url, number)).headers["location"]
    assert await sandbox.authenticate(challenge, "fail") == opened.url
    assert (await payments.checkout(opened.id)).status == "open"
    challenge = (await sandbox.pay(opened.url, number)).headers["location"]
    assert (await sandbox.authenticate(challenge)).startswith("http://aurora.localhost:8000/paid")
    assert (await payments.checkout(opened.id)).status == "complete"
    assert (await sandbox.seen("totals"))["charges"]["count"] == 1


async def test_a_card_saved_while_paying_can_be_charged_and_forgotten(
    sandbox: SandboxServer, payments: StripePayments, page: CheckoutOrder, customer: str, order: MakeOrder
) -> None:
    opened = await payments.open_checkout(replace(page, save_card=True))
    await sandbox.pay(opened.url)
    [card] = await payments.cards(customer)
    assert (card.brand, card.last4, card.exp_month, card.exp_year) == ("visa", "4242", 12, 2034)
    assert (await payments.charge(order(card.payment_method))).status == "succeeded"
    await payments.forget_card(card.payment_method)
    await payments.forget_card(card.payment_method)
    assert await payments.cards(customer) == []
    with pytest.raises(VendorBug):
        await payments.charge(order(card.payment_method))
    assert (await sandbox.seen("totals"))["charges"]["count"] == 2


async def test_a_card_set_up_with_3d_secure_pays_while_the_person_is_away(
    sandbox: SandboxServer, payments: StripePayments, page: CheckoutOrder, customer: str, order: MakeOrder
) -> None:
    opened = await payments.open_checkout(replace(page, amount=None))
    challenge = (await sandbox.pay(opened.url, "4000002500003155")).headers["location"]
    await sandbox.authenticate(challenge)
    outcome = await payments.checkout(opened.id)
    assert (outcome.status, outcome.charge) == ("complete", None)
    [card] = await payments.cards(customer)
    paid = await payments.charge(order(card.payment_method, return_url=None))
    assert paid.status == "succeeded"


async def test_an_expired_page_takes_no_money(
    sandbox: SandboxServer, payments: StripePayments, page: CheckoutOrder
) -> None:
    opened = await payments.open_checkout(page)
    assert (await payments.expire_checkout(opened.id)).status == "expired"
    assert (await sandbox.pay(opened.url)).status_code == 410
    assert (await sandbox.seen("totals"))["charges"]["count"] == 0


async def test_a_page_expires_by_itself(sandbox: SandboxServer, payments: StripePayments, page: CheckoutOrder) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=31)
    opened = await payments.open_checkout(replace(page, expires_at=soon))
    await sandbox.advance(hours=1)
    assert (await payments.checkout(opened.id)).status == "expired"


async def test_expiring_a_paid_page_says_it_was_paid(
    sandbox: SandboxServer, payments: StripePayments, page: CheckoutOrder
) -> None:
    opened = await payments.open_checkout(page)
    await sandbox.pay(opened.url)
    assert (await payments.expire_checkout(opened.id)).status == "complete"


async def test_a_page_cannot_last_ten_minutes(payments: StripePayments, page: CheckoutOrder) -> None:
    with pytest.raises(VendorBug):
        await payments.open_checkout(replace(page, expires_at=datetime.now(UTC) + timedelta(minutes=10)))
