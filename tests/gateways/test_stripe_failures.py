"""Every way Stripe can fail, by the name our code gives it; and what a lost answer must never cost."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from domain.money import Money
from gateways.errors import (
    VendorBug,
    VendorConfiguration,
    VendorError,
    VendorIndeterminate,
    VendorRetry,
)
from gateways.payments import RefundOrder
from gateways.stripe_payments import StripeConfig, StripePayments
from tests.fixtures.sandbox import SandboxServer
from tests.gateways.conftest import MakeOrder, stripe_payments

CHARGE = "POST /v1/payment_intents"
FAULTS: list[tuple[str, type[VendorError], int]] = [
    ("error_before", VendorIndeterminate, 0),
    ("error_after", VendorIndeterminate, 1),
    ("rate_limit", VendorRetry, 0),
    ("conflict", VendorRetry, 0),
    ("drop_before", VendorIndeterminate, 0),
    ("drop_after", VendorIndeterminate, 1),
    ("slow_after", VendorIndeterminate, 1),
]


@pytest.mark.parametrize(("fault", "expected", "charges"), FAULTS)
async def test_every_fault_of_a_charge_is_named(
    sandbox: SandboxServer,
    payments: StripePayments,
    order: MakeOrder,
    customer: str,
    fault: str,
    expected: type[VendorError],
    charges: int,
) -> None:
    await sandbox.fault("stripe", fault, CHARGE, seconds=2.5)
    with pytest.raises(expected):
        await payments.charge(order(key="k"))
    assert (await sandbox.seen("totals"))["charges"]["count"] == charges
    assert ((await payments.find_charge(customer, "k")) is not None) == bool(charges)


@pytest.mark.parametrize("fault", [fault for fault, _, _ in FAULTS])
async def test_a_read_that_fails_may_simply_be_repeated(
    sandbox: SandboxServer, payments: StripePayments, customer: str, fault: str
) -> None:
    await sandbox.fault("stripe", fault, "GET /v1/payment_methods", seconds=2.5)
    with pytest.raises(VendorRetry):
        await payments.cards(customer)
    assert await payments.cards(customer) == []


async def test_a_charge_that_happens_after_the_deadline_is_not_repeated_by_its_key(
    sandbox: SandboxServer, payments: StripePayments, order: MakeOrder
) -> None:
    await sandbox.fault("stripe", "slow_before", CHARGE, seconds=2.4)
    slow = order()
    with pytest.raises(VendorIndeterminate):
        await payments.charge(slow)
    with pytest.raises(VendorRetry, match="idempotency_key_in_use"):
        await payments.charge(slow)
    await asyncio.sleep(0.8)
    assert (await payments.charge(slow)).status == "succeeded"
    assert (await sandbox.seen("totals"))["charges"]["count"] == 1


async def test_a_stored_500_is_replayed_until_the_key_is_forgotten(
    sandbox: SandboxServer, payments: StripePayments, order: MakeOrder, customer: str
) -> None:
    await sandbox.fault("stripe", "error_after", CHARGE)
    sticky = order(key="sticky")
    for _ in range(3):
        with pytest.raises(VendorIndeterminate):
            await payments.charge(sticky)
    found = await payments.find_charge(customer, "sticky")
    assert found is not None
    assert found.status == "succeeded"
    assert (await sandbox.seen("totals"))["charges"]["count"] == 1


async def test_an_answer_lost_and_asked_for_30_hours_later_costs_once(
    sandbox: SandboxServer, payments: StripePayments, order: MakeOrder, customer: str
) -> None:
    await sandbox.fault("stripe", "drop_after", CHARGE)
    lost = order(key="line-1")
    with pytest.raises(VendorIndeterminate):
        await payments.charge(lost)
    await sandbox.advance(hours=30)
    found = await payments.find_charge(customer, "line-1")
    outcome = found or await payments.charge(lost)
    assert outcome.status == "succeeded"
    assert (await sandbox.seen("totals"))["charges"] == {"count": 1, "amounts": {"USD": 12000}}


async def test_without_the_look_up_the_same_key_30_hours_later_charges_again(
    sandbox: SandboxServer, payments: StripePayments, order: MakeOrder
) -> None:
    """Why `find_charge` exists: vendors forget keys, durable workflows do not."""
    first = order(key="line-1")
    await payments.charge(first)
    await sandbox.advance(hours=30)
    await payments.charge(first)
    assert (await sandbox.seen("totals"))["charges"]["count"] == 2


async def test_a_refund_whose_answer_was_lost_is_found(
    sandbox: SandboxServer, payments: StripePayments, order: MakeOrder
) -> None:
    paid = (await payments.charge(order())).payment_intent
    await sandbox.fault("stripe", "drop_after", "POST /v1/refunds")
    with pytest.raises(VendorIndeterminate):
        await payments.refund(RefundOrder(paid, Money(12000, "USD"), "refund-1"))
    found = await payments.find_refund(paid, "refund-1")
    assert found is not None
    assert found.status == "succeeded"
    assert (await sandbox.seen("totals"))["refunds"]["count"] == 1


async def test_the_same_key_never_charges_twice(
    sandbox: SandboxServer, payments: StripePayments, order: MakeOrder
) -> None:
    once = order()
    first = await payments.charge(once)
    assert await payments.charge(once) == first
    with pytest.raises(VendorBug):
        await payments.charge(replace(once, amount=Money(13000, "USD")))
    assert (await sandbox.seen("totals"))["charges"] == {"count": 1, "amounts": {"USD": 12000}}


async def test_of_20_charges_at_once_with_one_key_one_happens(
    sandbox: SandboxServer, payments: StripePayments, order: MakeOrder
) -> None:
    await sandbox.fault("stripe", "slow_after", CHARGE, seconds=0.4)
    once = order()
    results = await asyncio.gather(*(payments.charge(once) for _ in range(20)), return_exceptions=True)
    assert {type(one).__name__ for one in results} <= {"ChargeOutcome", "VendorRetry"}
    assert (await sandbox.seen("totals"))["charges"]["count"] == 1


async def test_a_wrong_key_is_our_configuration(sandbox: SandboxServer, payments: StripePayments) -> None:
    with pytest.raises(VendorConfiguration):
        await stripe_payments(sandbox, key="sk_test_wrong").cards("cus_1")


async def test_nobody_listening_means_it_did_not_happen(order: MakeOrder) -> None:
    nobody = StripePayments(StripeConfig("sk_test_sandbox", "whsec", "http://127.0.0.1:9", 1.0))
    with pytest.raises(VendorRetry):
        await nobody.charge(order())


Refused = Callable[[StripePayments, MakeOrder], Awaitable[object]]
REFUSED: list[Refused] = [
    lambda payments, order: payments.charge(order(customer="cus_unknown")),
    lambda payments, order: payments.charge(order("pm_unknown")),
    lambda payments, order: payments.charge(order(amount=Money(49, "USD"))),
    lambda payments, order: payments.charge(order(amount=Money(100_000_000, "USD"))),
    lambda payments, order: payments.charge(order(amount=Money(12000, "XXX"))),
    lambda payments, order: payments.charge_status("pi_unknown"),
    lambda payments, order: payments.checkout("cs_unknown"),
]


@pytest.mark.parametrize("ask", REFUSED)
async def test_what_stripe_does_not_know_is_a_bug_of_ours(
    sandbox: SandboxServer, payments: StripePayments, order: MakeOrder, ask: Refused
) -> None:
    with pytest.raises(VendorBug):
        await ask(payments, order)
    assert (await sandbox.seen("totals"))["charges"]["count"] == 0


async def test_errors_name_no_person(sandbox: SandboxServer, payments: StripePayments, order: MakeOrder) -> None:
    with pytest.raises(VendorBug) as caught:
        await payments.charge(order(customer="cus_unknown", description="Jane Roe, depression"))
    assert str(caught.value) == "stripe: resource_missing"
    assert "Jane" not in repr(caught.value.args)
