"""Stripe's webhooks: what is signed is read, what is not is refused, copies carry one id."""

from uuid import uuid4

import pytest

from domain.money import Money
from gateways.errors import Forged
from gateways.payments import RefundOrder, VendorEvent
from gateways.stripe_payments import StripePayments
from tests.fixtures.receiver import Receiver
from tests.fixtures.sandbox import SandboxServer
from tests.gateways.conftest import MakeOrder

GARBAGE = ["", "garbage", "t=,v1=", "t=x,v1=y", "t=1,v1=\u00e9", "v1=abc", "t=99999999999999999999,v1=0", "=,=,="]


@pytest.fixture
async def listening(payments: StripePayments, receiver: Receiver) -> Receiver:
    """Asked for after `payments`, so that nothing resets the address of the webhooks."""
    return receiver


@pytest.fixture
async def customer(listening: Receiver, payments: StripePayments) -> str:
    return await payments.ensure_customer(uuid4(), uuid4().hex)


async def test_a_payment_and_its_refund_are_told(
    payments: StripePayments, listening: Receiver, order: MakeOrder
) -> None:
    paid = await payments.charge(order(metadata={"intent_key": "line-1"}))
    await payments.refund(RefundOrder(paid.payment_intent, Money(12000, "USD"), "refund-1"))
    events = await received(payments, listening, 3)
    assert [event.type for event in events] == ["customer.created", "payment_intent.succeeded", "refund.created"]
    assert {event.payment_intent for event in events[1:]} == {paid.payment_intent}
    assert [event.metadata["intent_key"] for event in events[1:]] == ["line-1", "refund-1"]


async def test_forged_events_are_refused(payments: StripePayments, listening: Receiver, order: MakeOrder) -> None:
    await payments.charge(order())
    delivery = (await listening.wait_for(2))[1]
    signature = delivery.headers["stripe-signature"]
    other = delivery.body.replace(b"12000", b"1")
    for body, claim in ((other, signature), (delivery.body, signature[:-4] + "0000"), (b"\xff", signature)):
        with pytest.raises(Forged):
            payments.parse_event(body, claim)


@pytest.mark.parametrize("signature", GARBAGE)
def test_garbage_is_forged_not_a_crash(payments: StripePayments, signature: str) -> None:
    with pytest.raises(Forged):
        payments.parse_event(b"{}", signature)


async def test_duplicates_carry_one_id(
    sandbox: SandboxServer, payments: StripePayments, listening: Receiver, order: MakeOrder
) -> None:
    await sandbox.knobs("stripe", duplicates=2)
    await payments.charge(order())
    events = await received(payments, listening, 4)
    assert len({event.id for event in events[1:]}) == 1


async def test_disorder_delivers_everything_in_another_order(
    sandbox: SandboxServer, payments: StripePayments, listening: Receiver, order: MakeOrder
) -> None:
    await sandbox.knobs("stripe", disorder=1.0)
    charges = [(await payments.charge(order())).payment_intent for _ in range(5)]
    events = await received(payments, listening, 6)
    told = [event.payment_intent for event in events if event.type == "payment_intent.succeeded"]
    assert sorted(told, key=str) == sorted(charges)
    assert told != charges


async def test_a_lost_webhook_never_comes_and_can_be_sent_again(
    sandbox: SandboxServer, payments: StripePayments, listening: Receiver, order: MakeOrder
) -> None:
    await listening.wait_for(1)
    await sandbox.knobs("stripe", loss=1.0)
    paid = await payments.charge(order())
    await sandbox.delivered("stripe")
    assert len(listening.deliveries) == 1
    assert (await payments.charge_status(paid.payment_intent)).status == "succeeded"


async def test_an_unwell_receiver_is_tried_again(
    payments: StripePayments, listening: Receiver, order: MakeOrder
) -> None:
    await listening.wait_for(1)
    listening.failures = 1
    await payments.charge(order())
    assert len(await listening.wait_for(2)) == 2


async def received(payments: StripePayments, receiver: Receiver, count: int) -> list[VendorEvent]:
    deliveries = await receiver.wait_for(count)
    return [payments.parse_event(one.body, one.headers["stripe-signature"]) for one in deliveries]
