"""Money back: once per key, whatever fails; a refusal waits for a person."""

import asyncio

import pytest
from sqlalchemy import select
from sqlmodel import col

from domain.actors import Engine
from domain.money import Money
from gateways.errors import VendorError, VendorIndeterminate
from gateways.payments import RefundOrder
from models import LedgerIntent
from tests.payments.till import PRICE, Till, until_answered

REFUND = "POST /v1/refunds"
PAID = ("charge/first", "succeeded")
CHARGED = [("card-vendor", 14000), ("prepaid-sessions", -14000)]
GIVEN_BACK = sorted([*CHARGED, ("card-vendor", -14000), ("prepaid-sessions", 14000)])
FEE = Money(4000, "USD")


async def check_given_back_once(till: Till) -> None:
    assert await till.vendor() == (1, 1)
    assert await till.intents() == [PAID, ("refund/refund", "succeeded")]
    assert await till.lines() == GIVEN_BACK


async def test_a_refund_is_given_once_however_often_it_is_asked_for(till: Till) -> None:
    await till.charge()
    for _ in range(3):
        await till.refund()
    await check_given_back_once(till)


async def test_two_at_once_give_back_once(till: Till) -> None:
    await till.charge()
    await till.sandbox.fault("stripe", "slow_after", REFUND, seconds=0.3)
    await asyncio.gather(*(till.refund() for _ in range(5)), return_exceptions=True)
    await until_answered(till.refund)
    await check_given_back_once(till)


@pytest.mark.parametrize(
    "fault", ["error_before", "error_after", "rate_limit", "conflict", "drop_before", "drop_after", "slow_after"]
)
async def test_whatever_fails_one_refund_in_the_end(till: Till, fault: str) -> None:
    await till.charge()
    await till.sandbox.fault("stripe", fault, REFUND, seconds=2.2)
    await until_answered(till.refund)
    await check_given_back_once(till)


async def test_an_answer_lost_is_found_at_once(till: Till) -> None:
    await till.charge()
    await till.sandbox.fault("stripe", "drop_after", REFUND)
    await till.refund()
    await check_given_back_once(till)


async def test_an_answer_lost_and_retried_30_hours_later_gives_back_once(till: Till) -> None:
    await till.charge()
    await till.sandbox.fault("stripe", "drop_after", REFUND)
    await till.sandbox.fault("stripe", "drop_before", "GET /v1/refunds")
    with pytest.raises(VendorError):
        await till.refund()
    assert await till.intents() == [PAID, ("refund/refund", "intended")]
    assert await till.lines() == CHARGED
    await till.sandbox.advance(hours=30)
    await till.refund()
    await check_given_back_once(till)


async def test_what_never_arrived_gives_nothing_back_yet(till: Till) -> None:
    await till.charge()
    await till.sandbox.fault("stripe", "drop_before", REFUND)
    with pytest.raises(VendorIndeterminate):
        await till.refund()
    assert await till.vendor() == (1, 0)
    assert await till.lines() == CHARGED


async def test_what_is_retained_is_a_fee(till: Till) -> None:
    await till.charge()
    await till.refund(PRICE - FEE, FEE)
    assert (await till.sandbox.seen("totals"))["refunds"] == {"count": 1, "amounts": {"USD": 10000}}
    moved = [("cancellation-fees", -4000), ("card-vendor", -10000), ("prepaid-sessions", 4000)]
    assert await till.lines() == sorted([*CHARGED, *moved, ("prepaid-sessions", 10000)])


async def test_when_all_is_retained_the_vendor_is_not_asked(till: Till) -> None:
    await till.charge()
    await till.refund(PRICE - PRICE, PRICE)
    assert await till.vendor() == (1, 0)
    assert await till.lines() == sorted([*CHARGED, ("cancellation-fees", -14000), ("prepaid-sessions", 14000)])


async def test_nothing_paid_is_nothing_to_give_back(till: Till) -> None:
    await till.charge(card="pm_card_visa_chargeDeclined")
    await till.refund()
    await till.check_unpaid()
    assert await till.intents() == [("charge/first", "declined")]


@pytest.mark.parametrize(("part", "word"), [(14000, "charge_already_refunded"), (9000, "400")])
async def test_a_refund_the_vendor_refuses_waits_for_a_person(till: Till, part: int, word: str) -> None:
    """Somebody has given all or some of it back at the vendor's own desk."""
    await till.charge()
    charge = (await till.sandbox.seen("charges"))[0]["id"]
    await till.steps.payments.refund(RefundOrder(charge, Money(part, "USD"), "at-the-desk", {"intent_key": "desk"}))
    for _ in range(2):
        await till.refund()
    assert await till.vendor() == (1, 1)
    assert await till.intents() == [PAID, ("refund/refund", "parked")]
    assert await till.lines() == CHARGED
    async with till.house.database.transaction(Engine(till.patient.organization_id)) as session:
        why = select(col(LedgerIntent.reason)).where(col(LedgerIntent.key) == f"refund/{till.appointment_id}/refund")
        assert await session.scalar(why) == word
