"""The payment vendor is silent or errs: pages still stand, nothing is charged twice, there is a way on."""

import re
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from domain.refusals import CardDeclined
from models import LedgerIntent, PaymentCustomer
from tests.fixtures.house import AURORA, RunningHouse
from tests.fixtures.http import http_client
from tests.patient import way
from tests.patient.people import hidden, newcomer, rows_of, signed_in


@pytest.fixture(autouse=True)
async def clean(house: RunningHouse) -> AsyncIterator[None]:
    yield
    await house.sandbox.clear_faults()


async def test_the_payments_page_stands_without_the_vendor(house: RunningHouse) -> None:
    async with signed_in(house, await newcomer(house, AURORA)) as visitor:
        await way.booked(house, visitor, place=70)
        await house.sandbox.fault("stripe", "error_before", "GET /v1/payment_methods", times=None)
        page = await visitor.get("/payments")
    assert page.status_code == 200
    assert "Your cards cannot be shown right now." in page.text
    assert "$140.00" in page.text


async def test_an_answer_that_was_lost_charges_once(house: RunningHouse) -> None:
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor:
        await way.to_booking(visitor)
        page = await way.hold(visitor, place=75)
        await way.pay(house, visitor, page)
        await visitor.get("/")
        second = await way.hold_beside(visitor, place=4)
        method = hidden(second, "payment_method")
        assert method.startswith("pm_")
        await house.sandbox.fault("stripe", "error_after", "POST /v1/payment_intents")
        sent = {"key": hidden(second, "key"), "payment_method": method}
        answer = await visitor.post(second.url.path, **sent)
        assert answer.status_code in (303, 503)
        after = await visitor.follow(await visitor.get(second.url.path.replace("/pay", "/paid")))
        if "Confirmed" not in after.text:
            again = {"key": uuid4().hex, "payment_method": method}
            await visitor.follow(await visitor.post(second.url.path, **again))
            after = await visitor.follow(await visitor.get(second.url.path.removesuffix("/pay")))
        assert "Confirmed" in after.text
    paid = [row for row in await rows_of(house, who, LedgerIntent) if row.status == "succeeded"]
    assert len(paid) == 2
    references = {row.vendor_reference for row in paid}
    charged = [each for each in await house.sandbox.seen("charges") if each["id"] in references]
    assert len(charged) == len(references) == 2


async def test_a_saved_card_that_is_declined_says_why_and_leads_on(house: RunningHouse) -> None:
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor:
        await way.booked(house, visitor, place=80)
        (customer,) = await rows_of(house, who, PaymentCustomer)
        declining = await attach(house, customer.vendor_customer, "pm_card_chargeCustomerFail")
        page = await way.hold_beside(visitor, place=9)
        sent = {"key": hidden(page, "key"), "payment_method": declining}
        refused = await visitor.post(page.url.path, **sent)
        assert refused.status_code == 409
        assert CardDeclined.title in refused.text
        assert "Nothing was charged." in refused.text
        again = {"key": hidden(refused, "key")}
        cards = re.findall(r'name="payment_method" value="(pm_[^"]+)"', refused.text)
        again["payment_method"] = next(card for card in cards if card != declining)
        paid = await visitor.follow(await visitor.post(page.url.path, **again))
        assert "Confirmed" in paid.text


async def attach(house: RunningHouse, customer: str, token: str) -> str:
    """A card of this kind becomes one of the customer's saved cards."""
    async with http_client(base_url=house.sandbox.base_url, auth=("sk_test_sandbox", "")) as client:
        answer = await client.post(f"/v1/payment_methods/{token}/attach", data={"customer": customer})
        return str(answer.raise_for_status().json()["id"])
