"""The control room in a browser: axe, both directions, light and dark, narrow and wide; live; and its pictures."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page

from tests.fixtures.browser import faults, fresh_context
from tests.fixtures.house import ORGANIZATIONS, PARTNERS, RunningHouse
from tests.fixtures.pictures import picture
from tests.organization.cases import LINDA, OLIVIA, SEVERE, Case, assessed, booked
from tests.organization.test_partner import PAUL

LANGUAGE = {"en": "en-US", "ar": "ar", "de": "de-DE"}
PLAIN = (
    "/definitions/first-steps/1",
    "/tasks",
    "/appointments",
    "/patients",
    "/people",
    "/messages",
    "/payments",
    "/definitions",
    "/forms",
)
TELLING = ("/", "/journeys")
State = dict[str, Any]
TOPS = "chosen => [...document.querySelectorAll(chosen)].map(each => Math.round(each.getBoundingClientRect().top))"
HEIGHTS = (
    "chosen => [...document.querySelectorAll(chosen)].map(each => Math.round(each.getBoundingClientRect().height))"
)
CUT = """() => [...document.querySelectorAll('.filters select')].filter(each => {
  const style = getComputedStyle(each), pen = document.createElement('canvas').getContext('2d')
  pen.font = style.font
  const said = pen.measureText(each.selectedOptions[0].text).width
  return said > each.clientWidth - parseFloat(style.paddingInlineStart) - parseFloat(style.paddingInlineEnd)
}).map(each => each.selectedOptions[0].text)"""
"""Choices whose words do not fit."""


@pytest_asyncio.fixture(scope="module")
async def case(house: RunningHouse) -> Case:
    return await booked(house, skip=10)


@pytest_asyncio.fixture(scope="module")
async def urgent(house: RunningHouse) -> Case:
    return await assessed(house, SEVERE)


async def signed_in(house: RunningHouse, browser: Browser, host: str, email: str, password: str) -> State:
    """A browser's cookies after signing in once; sign-ins are counted."""
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await page.goto(house.address(host) + "/sign-in")
        await page.fill("#f-email", email)
        await page.fill("#f-password", password)
        await page.click("#sign-in .btn")
        await page.wait_for_url(house.address(host) + "/")
        return dict(await context.storage_state())


@pytest_asyncio.fixture(scope="module")
async def olivias(house: RunningHouse, browser: Browser) -> AsyncIterator[State]:
    yield await signed_in(house, browser, ORGANIZATIONS, *OLIVIA)


async def speaking(context: BrowserContext, address: str, lang: str) -> Page:
    page = await context.new_page()
    await page.goto(address)
    if await page.locator("html").get_attribute("lang") != lang:
        await page.click(f"button[name=language][value={lang}]")
        await page.wait_for_function("lang => document.documentElement.lang === lang", arg=lang)
    return page


async def looked_at(page: Page, address: str, lang: str) -> None:
    await page.goto(address)
    assert await page.locator("html").get_attribute("lang") == lang
    assert await faults(page) == [], address


@pytest.mark.parametrize("lang", ["en", "ar"])
async def test_axe_finds_nothing(
    house: RunningHouse, browser: Browser, olivias: State, case: Case, urgent: Case, lang: str
) -> None:
    at = house.address(ORGANIZATIONS)
    about = (f"/journeys/{urgent.journey_id}", f"/appointments/{case.appointment_id}")
    paths = [*TELLING, *PLAIN, *about, f"/patients/{case.patient.patient_id}"]
    async with fresh_context(browser, locale=LANGUAGE[lang], storage_state=olivias) as (context, _):
        page = await speaking(context, at + "/", lang)
        for path in paths:
            await looked_at(page, at + path, lang)


@pytest.mark.parametrize("lang", ["en", "ar"])
async def test_axe_finds_nothing_on_the_front_page(house: RunningHouse, browser: Browser, lang: str) -> None:
    at = house.address("localhost") + "/"
    async with fresh_context(browser, locale=LANGUAGE[lang]) as (context, _):
        page = await speaking(context, at, lang)
        await looked_at(page, at, lang)
        assert await page.locator(".door").count() == 4
        await page.locator(".door summary").first.click()
        assert await faults(page) == []


async def test_axe_finds_nothing_at_the_partners_door(house: RunningHouse, browser: Browser) -> None:
    state = await signed_in(house, browser, PARTNERS, *PAUL)
    at = house.address(PARTNERS) + "/"
    for lang in ("ar", "en"):
        async with fresh_context(browser, locale=LANGUAGE[lang], storage_state=state) as (context, _):
            await looked_at(await speaking(context, at, lang), at, lang)


@pytest.mark.parametrize("lang", ["en", "de", "ar"])
async def test_what_belongs_together_stands_in_one_line(house: RunningHouse, browser: Browser, lang: str) -> None:
    at = house.address("localhost") + "/"
    async with fresh_context(browser, 1280, locale=LANGUAGE[lang]) as (context, _):
        page = await speaking(context, at, lang)
        assert len(set(await page.evaluate(TOPS, ".door .places"))) == 1


@pytest.mark.parametrize("lang", ["en", "de", "ar"])
async def test_filters_show_all_they_say(house: RunningHouse, browser: Browser, olivias: State, lang: str) -> None:
    at = house.address(ORGANIZATIONS)
    for width in (390, 1280):
        async with fresh_context(browser, width, locale=LANGUAGE[lang], storage_state=olivias) as (context, _):
            page = await speaking(context, at + "/", lang)
            for path in ("/journeys", "/appointments", "/tasks"):
                await page.goto(at + path)
                assert await page.evaluate(CUT) == [], f"{path} at {width}"
                heights = await page.evaluate(HEIGHTS, ".filters :is(input:not([type=hidden]), select)")
                assert len(set(heights)) == 1, f"{path} at {width}"


async def test_a_journey_that_begins_appears_by_itself(
    house: RunningHouse, browser: Browser, olivias: State, owner: httpx.AsyncClient
) -> None:
    async with fresh_context(browser, storage_state=olivias) as (context, _):
        page = await context.new_page()
        await page.goto(house.address(ORGANIZATIONS) + "/journeys?sort=started")
        await page.wait_for_timeout(500)
        new = await assessed(house, SEVERE)
        await page.get_by_role("link", name=new.name).wait_for(timeout=15_000)


async def test_a_draft_is_checked_without_a_new_page(house: RunningHouse, browser: Browser, olivias: State) -> None:
    async with fresh_context(browser, storage_state=olivias) as (context, _):
        page = await context.new_page()
        await page.goto(house.address(ORGANIZATIONS) + "/definitions/draft")
        await page.fill("#f-document", "key: x\nversion: 1\ntitle: {en: X}\nsteps: [{id: a, kind: end}]\n")
        await page.get_by_role("button", name="Check it").click()
        await page.get_by_text("Step 'a', outcome: This is missing. Add it.").wait_for()
        assert "kind: end" in await page.input_value("#f-document")


async def test_pictures(house: RunningHouse, browser: Browser, business: None) -> None:
    state = await signed_in(house, browser, ORGANIZATIONS, *LINDA)
    at = house.address(ORGANIZATIONS)
    for scheme in ("dark", "light"):
        async with fresh_context(browser, 1280, scheme, storage_state=state) as (context, _):
            page = await speaking(context, at + "/", "en")
            await page.goto(at + "/")
            assert await page.locator(".chart-bar").count() > 20
            await picture(page, f"organization-overview-{scheme}", whole=True)
            await page.goto(at + "/journeys")
            await picture(page, f"organization-journeys-{scheme}")
            if scheme == "light":
                await page.get_by_role("link", name="Jan Novak").first.click()
                await page.get_by_role("heading", name="Why?").wait_for()
                await picture(page, "organization-why", whole=True)
                await page.goto(at + "/definitions/first-steps/1")
                await picture(page, "organization-plan")
    async with fresh_context(browser, 1280, "light") as (context, _):
        page = await context.new_page()
        await page.goto(house.address("localhost") + "/")
        await picture(page, "front-page", whole=True)
