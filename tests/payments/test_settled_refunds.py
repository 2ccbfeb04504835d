"""A refund the engine could not give is settled by a person: once, in the right account, and the books agree."""

import asyncio
import json
from collections import Counter
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from domain.actors import Operator, Patient
from domain.money import Money
from domain.refusals import InvalidInput, NotAllowed, NotFound, NotInThisState, RefundSettled
from tests.audit.reading import acts, entries
from tests.fixtures.house import AURORA, RunningHouse
from tests.identity.people import Somebody, at_pages
from tests.payments.parked import Waiting, parked, refused_at, waiting
from tests.payments.test_refunds import CHARGED, GIVEN_BACK
from tests.payments.test_returned_refunds import failed, given_back
from tests.payments.test_webhooks import TAKEN, outcomes, post, signed
from tests.payments.till import Till
from tests.usecases.steps import until
from tests.usecases.test_booking import balance, intents_of
from usecases.identity.doors import Door
from usecases.organization.overview import OverviewQuery, overview
from usecases.organization.parked import REFUSED, RETURNED, refund
from usecases.organization.payments import PaymentQuery, Takings, payments
from usecases.organization.settling import SettleRefund, settle
from usecases.organization.weeks import TakingsWeek
from usecases.patient import receipts

LONG_AGO = date(2000, 1, 1)
DESK = SettleRefund(way="desk")
TRANSFER = SettleRefund(way="transfer", reference="2026-0417")


async def came_back(house: RunningHouse) -> tuple[Patient, Waiting]:
    """A refund that the patient's bank has sent back."""
    patient, appointment_id, made = await given_back(house)
    return patient, await sent_back(house, patient, appointment_id, made["id"])


async def sent_back(house: RunningHouse, patient: Patient, appointment_id: UUID, made: str) -> Waiting:
    await house.sandbox.refund_comes_back(made)

    async def is_parked() -> bool:
        return [row.status for row in await intents_of(house, patient, appointment_id)] == ["succeeded", "parked"]

    await until(is_parked)
    return await waiting(house, (await intents_of(house, patient, appointment_id))[1])


async def this_week(of: Waiting) -> TakingsWeek:
    found = await overview(of.house.context, of.finance, OverviewQuery(), "en")
    return [week for week in found.takings_weeks if week.charged.currency == "USD"][-1]


async def in_usd(of: Waiting) -> Takings:
    found = await payments(of.house.context, of.finance, PaymentQuery(currency="USD", since=LONG_AGO))
    return found.takings[0]


async def test_at_the_desk_the_ledger_is_the_vendor_s_books(till: Till) -> None:
    it = await refused_at(till)
    assert await till.lines() == CHARGED
    await settle(till.house.context, it.finance, it.refund_id, DESK)
    assert await till.lines() == GIVEN_BACK
    charges, refunds = await till.vendor()
    totals = await till.sandbox.seen("totals")
    held = totals["charges"]["amounts"]["USD"] - totals["refunds"]["amounts"]["USD"]
    assert (charges, refunds, held) == (1, 1, (await balances(till))["card-vendor"])
    row = await it.refund()
    assert (row.status, row.way, row.settled_by) == ("settled", "desk", it.finance.person_id)
    assert await it.entries() == [("refund-desk", f"{row.key}/settled")]


async def balances(till: Till) -> Counter[str]:
    return await balance(till.house, till.patient, till.appointment_id)


async def test_a_fee_that_was_to_be_kept_is_kept_then(till: Till) -> None:
    it = await refused_at(till, at_desk=Money(10000, "USD"), amount=Money(10000, "USD"), retained=4000)
    await settle(till.house.context, it.finance, it.refund_id, DESK)
    assert await balances(till) == {"card-vendor": 4000, "prepaid-sessions": 0, "cancellation-fees": -4000}


async def test_what_is_settled_is_given_by_nobody_again(till: Till) -> None:
    it = await refused_at(till)
    await settle(till.house.context, it.finance, it.refund_id, DESK)
    await till.refund()
    assert (await till.vendor(), await till.lines()) == ((1, 1), GIVEN_BACK)
    assert (await it.refund()).status == "settled"


async def test_a_returned_one_is_told_apart_and_paid_from_the_bank(house: RunningHouse) -> None:
    patient, it = await came_back(house)
    shown = await refund(house.context, it.finance, it.refund_id)
    assert (shown.returned, shown.title, shown.next_action) == (True, *RETURNED)
    assert (shown.reason, shown.may_settle) == ("expired_or_canceled_card", True)
    assert [row.status for row in await receipts.payments(house.context, patient, "en")] == ["parked", "succeeded"]
    before = await in_usd(it)
    await settle(house.context, it.finance, it.refund_id, TRANSFER)
    paid = {"card-vendor": 14000, "prepaid-sessions": 0, "bank": -14000}
    assert await balance(house, patient, it.appointment_id) == paid
    after = await in_usd(it)
    assert (after.charged, after.refunded - before.refunded) == (before.charged, Money(14000, "USD"))
    rows = (await payments(house.context, it.finance, PaymentQuery(kind="refund-transfer"))).rows
    assert [row.amount for row in rows if row.appointment_id == it.appointment_id] == [Money(-14000, "USD")]
    shown = await refund(house.context, it.finance, it.refund_id)
    assert (shown.waits, shown.settled_by, shown.reference) == (False, "Kim Staff", "2026-0417")
    given = (await receipts.payments(house.context, patient, "en"))[0]
    assert (given.status, given.way) == ("settled", "transfer")
    assert (await receipts.receipt(house.context, patient, it.refund_id, "en")).issued_at == shown.settled_at


async def test_weeks_tell_what_was_given_back_for_good(house: RunningHouse) -> None:
    _, it = await came_back(house)
    before = await this_week(it)
    await settle(house.context, it.finance, it.refund_id, TRANSFER)
    after = await this_week(it)
    assert (after.charged, after.refunded) == (before.charged, before.refunded + Money(14000, "USD"))
    assert after.net == before.net - Money(14000, "USD")


async def test_weeks_do_not_take_what_came_back_for_new_money(house: RunningHouse) -> None:
    patient, appointment_id, made = await given_back(house)
    before = await this_week(await waiting(house, (await intents_of(house, patient, appointment_id))[1]))
    after = await this_week(await sent_back(house, patient, appointment_id, made["id"]))
    assert (after.charged, after.refunded) == (before.charged, before.refunded - Money(14000, "USD"))


async def test_the_patient_reads_what_is_true(house: RunningHouse) -> None:
    patient, it = await came_back(house)
    who = Somebody(AURORA, "", Door("patient", patient.brand_id), patient.person_id)
    async with at_pages(house, who) as visitor:
        waits = (await visitor.get("/payments")).text
        assert ("We are looking into it" in waits, "by bank transfer" in waits) == (True, False)
        await settle(house.context, it.finance, it.refund_id, TRANSFER)
        page = (await visitor.get("/payments")).text
        assert ("We are looking into it" in page, "by bank transfer" in page) == (False, True)
        assert f'href="/payments/{it.refund_id}"' in page
        appointment = (await visitor.get(f"/appointments/{it.appointment_id}")).text
    assert "Paid back" in appointment


async def test_told_again_that_it_came_back_a_settled_one_stays(house: RunningHouse) -> None:
    patient, it = await came_back(house)
    await settle(house.context, it.finance, it.refund_id, TRANSFER)
    vendors = [one for one in await house.sandbox.seen("refunds") if one["id"] == (await it.refund()).vendor_reference]
    assert [one["status"] for one in vendors] == ["failed"]
    event = failed(vendors[0])
    body = json.dumps(event).encode()
    assert await post(house, body, signed(body, house.sandbox.options.stripe_webhook_secret)) == TAKEN
    assert await outcomes(house, event["id"]) == ["known already"]
    assert (await it.refund()).status == "settled"
    assert (await balance(house, patient, it.appointment_id))["prepaid-sessions"] == 0


async def test_the_same_again_is_no_second_time_and_another_is_told(house: RunningHouse) -> None:
    it = await parked(house)
    for _ in range(3):
        await settle(house.context, it.finance, it.refund_id, TRANSFER)
    colleague = (await waiting(house, await it.refund())).finance
    for who, said in ((it.finance, DESK), (colleague, TRANSFER)):
        with pytest.raises(RefundSettled):
            await settle(house.context, who, it.refund_id, said)
    assert len(await it.entries()) == 1
    assert (await it.refund()).settled_by == it.finance.person_id


async def test_two_at_once_one_wins(house: RunningHouse) -> None:
    it = await parked(house)
    colleague = (await waiting(house, await it.refund())).finance
    wishes = [(who, said) for who in (it.finance, colleague) for said in (DESK, TRANSFER)]
    asked = (settle(house.context, who, it.refund_id, said) for who, said in wishes)
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert Counter(type(answer).__name__ for answer in answers) == {"NoneType": 1, "RefundSettled": 3}
    assert len(await it.entries()) == 1


async def test_a_transfer_needs_what_it_is_found_by(house: RunningHouse) -> None:
    it = await parked(house)
    with pytest.raises(InvalidInput) as no:
        await settle(house.context, it.finance, it.refund_id, SettleRefund(way="transfer", reference="  "))
    assert set(no.value.errors) == {"reference"}
    await it.check_untouched()


@pytest.mark.parametrize("role", ["operations", "care-coordinator", "clinical-lead", "marketing", "compliance"])
async def test_without_the_permission_nothing_happens(house: RunningHouse, role: str) -> None:
    it = await parked(house)
    other = replace(it.finance, roles=frozenset({role}))
    with pytest.raises(NotAllowed):
        await settle(house.context, other, it.refund_id, DESK)
    assert await acts(house, other.person_id) == [("payment:settle", "refused:NotAllowed")]
    await it.check_untouched()


async def test_another_organization_finds_nothing(house: RunningHouse) -> None:
    it = await parked(house)
    stranger = Operator(uuid4(), it.finance.person_id, frozenset({"owner"}))
    for refund_id in (it.refund_id, uuid4()):
        with pytest.raises(NotFound):
            await settle(house.context, stranger, refund_id, DESK)
    await it.check_untouched()


async def test_only_what_waits_is_settled(till: Till) -> None:
    await till.charge()
    await till.refund()
    charge, given = await intents_of(till.house, till.patient, till.appointment_id)
    it = await waiting(till.house, given)
    with pytest.raises(NotInThisState):
        await settle(till.house.context, it.finance, given.id, DESK)
    with pytest.raises(NotFound):
        await settle(till.house.context, it.finance, charge.id, DESK)
    assert await till.lines() == GIVEN_BACK


async def test_it_is_audited_about_the_patient(house: RunningHouse) -> None:
    it = await parked(house)
    await settle(house.context, it.finance, it.refund_id, DESK)
    (entry,) = await entries(house, person_id=it.finance.person_id, act="payment:settle")
    assert (entry.outcome, entry.resource, entry.resource_id) == ("done", "payment", it.refund_id)
    assert entry.patient_id == (await it.refund()).patient_id


async def test_a_refused_one_says_so(house: RunningHouse) -> None:
    it = await parked(house)
    shown = await refund(house.context, it.finance, it.refund_id)
    assert (shown.returned, shown.title, shown.next_action) == (False, *REFUSED)
