"""A saved card, and every way in which the vendor's answer may fail to come: one charge, or none."""

import asyncio

import pytest

from gateways.errors import VendorError, VendorIndeterminate, VendorRetry
from tests.payments.till import Till, until_answered

CHARGE = "POST /v1/payment_intents"
CUSTOMER = "POST /v1/customers"
PAID = [("charge/first", "succeeded")]


async def test_one_charge_is_one_intent_and_two_lines(till: Till) -> None:
    assert (await till.charge()).status == "succeeded"
    await till.check_paid_once()
    assert await till.intents() == PAID


async def test_an_answer_lost_and_retried_30_hours_later_costs_once(till: Till) -> None:
    """The standing test: by then the vendor has forgotten the key."""
    await till.sandbox.fault("stripe", "drop_after", CHARGE)
    with pytest.raises(VendorIndeterminate):
        await till.charge()
    assert await till.intents() == [("charge/first", "intended")]
    assert await till.lines() == []
    await till.sandbox.advance(hours=30)
    assert (await till.charge()).status == "succeeded"
    await till.check_paid_once()
    assert await till.intents() == PAID


@pytest.mark.parametrize("how", ["look_up", "end"])
async def test_an_answer_lost_is_found_by_whoever_asks_next(till: Till, how: str) -> None:
    await till.sandbox.fault("stripe", "drop_after", CHARGE)
    with pytest.raises(VendorIndeterminate):
        await till.charge()
    await till.sandbox.advance(hours=30)
    found = await (till.look_up() if how == "look_up" else till.end())
    assert found.status == "succeeded"
    await till.check_paid_once()


async def test_a_card_that_is_gone_meanwhile_leads_on_to_another_one(till: Till) -> None:
    """Removed in another tab, after it was seen to be the patient's own: the vendor calls that a mistake."""
    gone = await till.charge(card="pm_gone")
    assert (gone.status, gone.decline_code) == ("declined", "resource_missing")
    await till.check_unpaid()
    assert (await till.charge("second")).status == "succeeded"
    await till.check_paid_once()


FAULTS = [
    "error_before",
    "error_after",
    "rate_limit",
    "conflict",
    "drop_before",
    "drop_after",
    "slow_after",
]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("times", [1, 3])
async def test_whatever_fails_one_charge_in_the_end(till: Till, fault: str, times: int) -> None:
    await till.sandbox.fault("stripe", fault, CHARGE, times=times, seconds=2.2)
    with pytest.raises(VendorError):
        await till.charge()
    assert (await until_answered(till.charge)).status == "succeeded"
    await till.check_paid_once()
    assert await till.intents() == PAID


@pytest.mark.parametrize("fault", FAULTS)
async def test_whatever_fails_another_attempt_does_not_pay_twice(till: Till, fault: str) -> None:
    """The patient presses again, from a page with a new key."""
    await till.sandbox.fault("stripe", fault, CHARGE, seconds=2.2)
    with pytest.raises(VendorError):
        await till.charge()
    assert (await until_answered(lambda: till.charge("second"))).status == "succeeded"
    await till.check_paid_once()


@pytest.mark.parametrize("fault", ["error_before", "rate_limit", "drop_before"])
async def test_a_look_up_that_fails_charges_nothing(till: Till, fault: str) -> None:
    await till.sandbox.fault("stripe", "drop_after", CHARGE)
    await till.sandbox.fault("stripe", fault, "GET /v1/payment_intents", times=None)
    for _ in range(3):
        with pytest.raises(VendorError):
            await till.charge()
    assert await till.intents() == [("charge/first", "intended")]
    assert await till.vendor() == (1, 0)
    await till.sandbox.clear_faults()
    await till.charge()
    await till.check_paid_once()


async def test_a_charge_beyond_the_deadline_is_waited_for(till: Till) -> None:
    await till.sandbox.fault("stripe", "slow_before", CHARGE, seconds=3)
    with pytest.raises(VendorIndeterminate):
        await till.charge()
    with pytest.raises(VendorRetry):
        await till.charge()
    await asyncio.sleep(1.5)
    assert (await till.charge()).status == "succeeded"
    await till.check_paid_once()


@pytest.mark.parametrize("then", ["second", "end"])
async def test_a_charge_still_under_way_is_never_taken_for_none(till: Till, then: str) -> None:
    """Neither another attempt nor the end of the hold goes past a call that may yet charge."""
    await till.sandbox.fault("stripe", "slow_before", CHARGE, seconds=3)
    with pytest.raises(VendorIndeterminate):
        await till.charge()
    with pytest.raises(VendorRetry):
        await (till.end() if then == "end" else till.charge(then))
    assert await till.intents() == [("charge/first", "intended")]
    await asyncio.sleep(1.5)
    assert (await (till.end() if then == "end" else till.charge(then))).status == "succeeded"
    await till.check_paid_once()


async def test_a_charge_that_never_arrived_cannot_arrive_after_the_end(till: Till) -> None:
    await till.sandbox.fault("stripe", "drop_before", CHARGE)
    with pytest.raises(VendorIndeterminate):
        await till.charge()
    assert (await till.end()).status == "none"
    assert (await till.charge()).status == "declined"
    await till.check_unpaid()
    assert await till.intents() == [("charge/first", "canceled")]


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_customer_that_cannot_be_made_at_first_is_made_later(till: Till, fault: str) -> None:
    await till.sandbox.fault("stripe", fault, CUSTOMER, seconds=2.2)
    with pytest.raises(VendorError):
        await till.charge()
    await till.check_unpaid()
    assert (await until_answered(till.charge, tries=3)).status == "succeeded"
    await till.check_paid_once()


async def test_a_declined_card_costs_nothing_and_the_next_attempt_once(till: Till) -> None:
    refused = await till.charge(card="pm_card_visa_chargeDeclinedInsufficientFunds")
    assert (refused.status, refused.decline_code) == ("declined", "insufficient_funds")
    await till.check_unpaid()
    assert (await till.charge()).status == "declined"
    await till.check_unpaid()
    assert (await till.charge("second")).status == "succeeded"
    await till.check_paid_once()
    assert await till.intents() == [("charge/first", "declined"), ("charge/second", "succeeded")]


async def test_a_decline_whose_answer_was_lost_stays_one(till: Till) -> None:
    await till.sandbox.fault("stripe", "drop_after", CHARGE)
    with pytest.raises(VendorIndeterminate):
        await till.charge(card="pm_card_visa_chargeDeclined")
    await till.sandbox.advance(hours=30)
    assert (await till.charge(card="pm_card_visa_chargeDeclined")).status == "declined"
    await till.check_unpaid()


async def test_two_at_once_with_one_attempt_charge_once(till: Till) -> None:
    await till.sandbox.fault("stripe", "slow_after", CHARGE, seconds=0.4)
    answers = await asyncio.gather(*(till.charge() for _ in range(8)), return_exceptions=True)
    assert any(not isinstance(one, BaseException) for one in answers)
    assert (await until_answered(till.charge)).status == "succeeded"
    await till.check_paid_once()


async def test_paid_is_paid_whatever_comes_after(till: Till) -> None:
    await till.charge()
    assert (await till.charge("second")).status == "succeeded"
    assert (await till.open_page()).status == "succeeded"
    assert (await till.end()).status == "succeeded"
    assert (await till.look_up()).status == "succeeded"
    await till.check_paid_once()
    assert await till.intents() == PAID


async def test_a_challenge_that_is_answered_pays_once(till: Till) -> None:
    waiting = await till.charge(card="pm_card_authenticationRequired")
    assert waiting.status == "requires_action"
    assert waiting.action_url
    assert (await till.look_up()).status == "requires_action"
    await till.check_unpaid()
    await till.sandbox.authenticate(waiting.action_url)
    assert (await till.look_up()).status == "succeeded"
    await till.check_paid_once()


async def test_a_challenge_left_alone_ends_with_the_next_attempt(till: Till) -> None:
    waiting = await till.charge(card="pm_card_authenticationRequired")
    assert (await till.charge("second")).status == "succeeded"
    with pytest.raises(AssertionError, match="nothing to pay here"):
        await till.sandbox.authenticate(waiting.action_url or "")
    await till.check_paid_once()
    assert await till.intents() == [("charge/first", "canceled"), ("charge/second", "succeeded")]
