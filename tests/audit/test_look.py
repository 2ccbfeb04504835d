"""The audit's pages in a browser: axe, no sideways scrolling, light and dark, narrow and wide, both directions."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.audit.test_glass import WHY, lead, noted
from tests.fixtures.browser import fresh_context
from tests.fixtures.house import ORGANIZATIONS, RunningHouse
from tests.identity.people import PASSWORD, member
from tests.organization.test_look import LANGUAGE, State, looked_at, signed_in, speaking
from usecases.organization import glass


@pytest_asyncio.fixture(scope="module")
async def owner(house: RunningHouse, browser: Browser) -> AsyncIterator[tuple[State, list[str]]]:
    """An owner's browser, and the pages to look at: one record is open, another closed."""
    opened, closed = await noted(house), await noted(house)
    who = await member(house, "owner")
    state = await signed_in(house, browser, ORGANIZATIONS, who.email, PASSWORD)
    await glass.break_glass(house.context, await lead(house, opened, "owner"), opened.patient_id, WHY)
    records = [f"/patients/{one.patient_id}/record" for one in (closed, opened)]
    async with fresh_context(browser, storage_state=state) as (context, _):
        page = await context.new_page()
        await page.goto(house.address(ORGANIZATIONS) + records[1])
        await page.fill("#f-reason", WHY.reason)
        await page.click("main .btn.danger")
        await page.wait_for_selector("main form[action^='/glass/']")
    yield state, ["/", "/audit", "/glass", *records]


@pytest.mark.parametrize("lang", ["en", "ar"])
async def test_axe_finds_nothing(
    house: RunningHouse, browser: Browser, owner: tuple[State, list[str]], lang: str
) -> None:
    state, paths = owner
    at = house.address(ORGANIZATIONS)
    async with fresh_context(browser, locale=LANGUAGE[lang], storage_state=state) as (context, _):
        page = await speaking(context, at + "/", lang)
        for path in paths:
            await looked_at(page, at + path, lang)
