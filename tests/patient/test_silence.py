"""The payment vendor is silent or errs: pages still stand, nothing is charged twice, there is a way on."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from models import LedgerIntent
from tests.fixtures.house import AURORA, RunningHouse
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
