"""Choosing a time: nobody chooses it for the patient, and whoever chooses none is told what to do."""

import pytest
from playwright.async_api import Browser

from models import Appointment
from tests.fixtures.house import AURORA, RunningHouse
from tests.patient import way
from tests.patient.browsing import address, browsing
from tests.patient.people import hidden, links, newcomer, rows_of, signed_in


async def test_going_back_chooses_no_time(house: RunningHouse, browser: Browser) -> None:
    """Browsers put back which of the fields was chosen, and there another time stands by now."""
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor, browsing(house, browser, who) as page:
        await way.to_booking(visitor)
        await page.goto(address(house, who, links(await visitor.get("/specialists"), "/specialists/")[0] + "&week=3"))
        await page.locator("details[open] [name=start]").nth(1).check()
        await page.locator("#times form button").click()
        await page.wait_for_url("**/pay")
        await page.go_back()
        await page.locator("#times form").wait_for()
        assert await page.locator("[name=start]:checked").count() == 0


@pytest.mark.parametrize("moving", [False, True])
async def test_no_time_chosen_is_said_in_its_own_words(house: RunningHouse, moving: bool) -> None:
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor:
        if moving:
            here = await way.booked(house, visitor, 8) + "/move?week=2"
        else:
            await way.to_booking(visitor)
            here = links(await visitor.get("/specialists"), "/specialists/")[0] + "&week=3"
        before = await rows_of(house, who, Appointment)
        page = await visitor.get(here)
        names = [name for name in ("key", "appointment_type", "journey_id") if f'name="{name}"' in page.text]
        refused = await visitor.post(here, **{name: hidden(page, name) for name in names})
        assert refused.status_code == 422
        assert '<a href="#f-start">Free times: Choose a time.</a>' in refused.text
        assert "Please fill this in." not in refused.text
    assert await rows_of(house, who, Appointment) == before
