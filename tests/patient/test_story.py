"""A patient's whole way in a browser with scripts, one story per brand: from registering to moving and cancelling."""

import pytest
from playwright.async_api import Browser

from tests.fixtures.browser import fresh_context
from tests.fixtures.house import AURORA, MARIGOLD, SANA, RunningHouse
from tests.patient.browser_way import begin_consent_answer, cancel, find_and_hold, move, pay_with_a_new_card, register


@pytest.mark.parametrize(("host", "locale"), [(AURORA, "en-US"), (MARIGOLD, "de-DE"), (SANA, "ar")])
async def test_from_registering_to_cancelling(house: RunningHouse, browser: Browser, host: str, locale: str) -> None:
    async with fresh_context(browser, locale=locale) as (context, notes):
        page = await context.new_page()
        await register(house, page, host)
        assert await page.locator("html").get_attribute("lang") == locale.split("-")[0]
        await begin_consent_answer(page)
        appointment = await find_and_hold(page)
        await pay_with_a_new_card(page)
        await page.wait_for_url(f"**{appointment}")
        await page.locator("[href$='/calendar.ics']").wait_for()
        await move(page)
        await page.wait_for_url(f"**{appointment}")
        await cancel(page)
        await page.wait_for_url(f"**{appointment}")
        await page.locator(".banner.info").wait_for()
        await page.goto(house.address(host) + "/payments")
        await page.locator("#payments .list > li").nth(1).wait_for()
        notes.foreign[:] = [url for url in notes.foreign if not url.startswith(house.sandbox.base_url)]
