"""A patient's whole way at the pages, without JavaScript, at every brand."""

import asyncio

import pytest

from models import Journey
from tests.fixtures.house import AURORA, MARIGOLD, SANA, RunningHouse
from tests.patient import way
from tests.patient.people import SOMETIMES, hidden, links, newcomer, rows_of, signed_in


@pytest.mark.parametrize(
    ("host", "lang", "direction"), [(AURORA, "en", "ltr"), (MARIGOLD, "de", "ltr"), (SANA, "ar", "rtl")]
)
async def test_from_the_first_consent_to_a_paid_appointment(
    house: RunningHouse, host: str, lang: str, direction: str
) -> None:
    async with signed_in(house, await newcomer(house, host)) as visitor:
        begun = await way.begin(visitor)
        assert f'lang="{lang}" dir="{direction}"' in begun.text
        assert 'href="/consents"' in begun.text

        asked = await way.consent(visitor)
        assert links(asked, "/journeys/")

        matched = await way.answer(visitor, others=SOMETIMES)
        assert 'href="/specialists"' in matched.text

        to_pay = await way.hold(visitor)
        assert to_pay.url.path.endswith("/pay")
        assert links(await visitor.get("/"), "/appointments/")[0] == to_pay.url.path

        paid = await way.pay(house, visitor, to_pay)
        assert paid.status_code == 200
        assert "calendar.ics" in paid.text
        home = await visitor.get("/")
        assert links(home, "/appointments/")[0] == paid.url.path
        assert 'data-state="current"' in home.text


async def test_the_home_page_says_why(house: RunningHouse) -> None:
    async with signed_in(house, await newcomer(house, AURORA)) as visitor:
        await way.begin(visitor)
        page = await way.consent(visitor)
    for said in ("How you have been", "Waits for", "you", "Until", "What then", "First steps to therapy, version 1"):
        assert said in page.text
    assert "Done: Your consent" in page.text


async def test_the_definition_is_called_by_its_title_in_the_reader_s_language(house: RunningHouse) -> None:
    async with signed_in(house, await newcomer(house, MARIGOLD)) as visitor:
        page = await way.begin(visitor)
    assert "Erste Schritte zur Therapie, Version 1" in page.text
    assert "first-steps" not in page.text


async def test_beginning_twice_is_one_journey(house: RunningHouse) -> None:
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor:
        home = await visitor.get("/")
        wanted = hidden(home, "program_id")
        both = await asyncio.gather(*(visitor.post("/journeys", program_id=wanted) for _ in range(2)))
        assert [answer.status_code for answer in both] == [303, 303]
        assert (await visitor.post("/journeys", program_id=wanted)).status_code == 303
    assert [row.step for row in await rows_of(house, who, Journey)] == ["consent"]
