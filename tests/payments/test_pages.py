"""The vendor's page, on which a new card is typed: opened, paid, left, ended, and silent in between."""

import pytest

from gateways.errors import VendorError, VendorIndeterminate
from tests.payments.till import Till, until_answered

OPEN = "POST /v1/checkout/sessions"
DECLINED, GOOD = "4000000000000002", "4242424242424242"
GONE = 410


async def test_a_page_that_is_paid_is_one_payment_however_often_it_is_asked_about(till: Till) -> None:
    page = await till.open_page()
    assert page.status == "open"
    await till.check_unpaid()
    await till.sandbox.pay(page.action_url or "")
    for _ in range(3):
        assert (await till.look_up()).status == "succeeded"
    await till.check_paid_once()
    assert await till.intents() == [("charge/page", "succeeded")]


async def test_the_same_attempt_leads_to_the_same_page(till: Till) -> None:
    assert await till.open_page() == await till.open_page()
    assert await till.intents() == [("charge/page", "pending")]


@pytest.mark.parametrize(
    "fault", ["error_before", "error_after", "rate_limit", "conflict", "drop_before", "drop_after", "slow_after"]
)
async def test_whatever_fails_the_page_opens_in_the_end(till: Till, fault: str) -> None:
    await till.sandbox.fault("stripe", fault, OPEN, seconds=2.2)
    with pytest.raises(VendorError):
        await till.open_page()
    assert await till.intents() == [("charge/page", "intended")]
    page = await until_answered(till.open_page, tries=3)
    await till.sandbox.pay(page.action_url or "")
    assert (await till.look_up()).status == "succeeded"
    await till.check_paid_once()


async def test_a_page_whose_answer_was_lost_opens_anew_30_hours_later(till: Till) -> None:
    await till.sandbox.fault("stripe", "drop_after", OPEN)
    with pytest.raises(VendorIndeterminate):
        await till.open_page()
    await till.sandbox.advance(hours=30)
    page = await till.open_page()
    await till.sandbox.pay(page.action_url or "")
    assert (await till.look_up()).status == "succeeded"
    await till.check_paid_once()


async def test_a_declined_card_leaves_the_page_open_for_another(till: Till) -> None:
    page = await till.open_page()
    await till.sandbox.pay(page.action_url or "", DECLINED)
    assert (await till.look_up()).status == "open"
    await till.check_unpaid()
    await till.sandbox.pay(page.action_url or "", GOOD)
    assert (await till.look_up()).status == "succeeded"
    await till.check_paid_once()


async def test_ending_a_page_that_was_paid_in_the_last_second_finds_the_payment(till: Till) -> None:
    page = await till.open_page()
    await till.sandbox.pay(page.action_url or "")
    assert (await till.end()).status == "succeeded"
    assert (await till.end()).status == "succeeded"
    await till.check_paid_once()


async def test_an_ended_page_takes_no_card(till: Till) -> None:
    page = await till.open_page()
    assert (await till.end()).status == "none"
    assert (await till.sandbox.pay(page.action_url or "")).status_code == GONE
    assert (await till.end()).status == "none"
    await till.check_unpaid()
    assert await till.intents() == [("charge/page", "canceled")]


@pytest.mark.parametrize("fault", ["error_before", "drop_before", "drop_after", "error_after"])
async def test_an_end_that_fails_ends_nothing_on_paper(till: Till, fault: str) -> None:
    page = await till.open_page()
    await till.sandbox.fault("stripe", fault, f"{OPEN}/")
    with pytest.raises(VendorError):
        await till.end()
    assert await till.intents() == [("charge/page", "pending")]
    assert (await until_answered(till.end)).status == "none"
    assert (await till.sandbox.pay(page.action_url or "")).status_code == GONE
    await till.check_unpaid()


async def test_a_page_left_open_closes_by_itself_after_a_day(till: Till) -> None:
    page = await till.open_page()
    await till.sandbox.advance(hours=25)
    assert (await till.sandbox.pay(page.action_url or "")).status_code == GONE
    assert (await till.look_up()).status == "declined"
    await till.check_unpaid()


async def test_a_challenge_begun_on_an_ended_page_pays_nothing(till: Till) -> None:
    page = await till.open_page()
    challenge = await till.sandbox.pay(page.action_url or "", "4000002760003184")
    assert (await till.end()).status == "none"
    with pytest.raises(AssertionError, match="nothing to pay here"):
        await till.sandbox.authenticate(challenge.headers["location"])
    await till.check_unpaid()


async def test_another_attempt_ends_the_page_before_it_charges(till: Till) -> None:
    page = await till.open_page()
    assert (await till.charge()).status == "succeeded"
    assert (await till.sandbox.pay(page.action_url or "")).status_code == GONE
    await till.check_paid_once()
    assert await till.intents() == [("charge/page", "canceled"), ("charge/first", "succeeded")]


async def test_another_attempt_finds_the_page_paid(till: Till) -> None:
    page = await till.open_page()
    await till.sandbox.pay(page.action_url or "")
    assert (await till.charge()).status == "succeeded"
    await till.check_paid_once()
    assert await till.intents() == [("charge/page", "succeeded")]


async def test_nothing_begun_is_nothing_to_look_up_or_to_end(till: Till) -> None:
    assert (await till.look_up()).status == "none"
    assert (await till.end()).status == "none"
    await till.check_unpaid()
    assert await till.intents() == []
