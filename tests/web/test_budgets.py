"""What a page weighs as it travels: from a cold cache, and again with what the browser has kept."""

import pytest
from playwright.async_api import Browser, Page

from portals.core.site import LANGUAGE_COOKIE
from tests.fixtures.browser import KB, fresh_context, weight
from tests.fixtures.house import MARIGOLD, ORGANIZATIONS, SANA, SPECIALISTS, RunningHouse
from tests.organization.cases import LINDA, MODERATE, assessed
from tests.organization.test_look import signed_in as signed_in_as
from tests.patient import way
from tests.patient.browsing import address, browsing, put_cookie
from tests.patient.people import links, newcomer, signed_in
from tests.specialist.people import new_specialist
from tests.specialist.test_pages import signed_in as specialist_at

REQUESTS = 8
CALM, DENSE, AGAIN = 30 * KB, 45 * KB, 8 * KB
SCRIPTS, STYLES = 8 * KB, 10 * KB
OPEN = ("/", "/register", "/sign-in", "/forgot-password")
PATIENTS = ("/", "/specialists", "/consents", "/profile", "/preferences", "/documents", "/payments", "/security")
SPECIALISTS_OWN = ("/", "/week", "/patients", "/profile")
OPERATORS = ("/", "/journeys", "/appointments", "/patients", "/people", "/tasks", "/payments", "/audit", "/access")


async def light(page: Page, url: str, most: int, scripts: int | None = None) -> None:
    """With nothing kept before. Arabic takes most bytes."""
    cold, again = await weight(page, url), await weight(page, url)
    assert await page.locator("html").get_attribute("lang") == "ar", url
    assert cold.requests <= REQUESTS, (url, cold)
    assert cold.total <= most, (url, cold)
    assert 0 < cold.styles <= STYLES, (url, cold)
    assert scripts is None or 0 < cold.scripts <= scripts, (url, cold)
    assert again.total <= AGAIN, (url, again)


@pytest.mark.parametrize("path", OPEN)
async def test_pages_for_everybody_are_light(house: RunningHouse, browser: Browser, path: str) -> None:
    async with fresh_context(browser, locale="ar") as (context, _):
        await light(await context.new_page(), house.address(SANA) + path, CALM, SCRIPTS)


async def test_patients_pages_are_light(house: RunningHouse, browser: Browser) -> None:
    who = await newcomer(house, SANA)
    async with signed_in(house, who) as visitor:
        await way.begin(visitor)
        await way.consent(visitor)
        form = await way.form_of(visitor)
        await way.answer(visitor)
        times = links(await visitor.get("/specialists"), "/specialists/")[0]
        till = (await way.hold(visitor)).url.path
        held = till.removesuffix("/pay")
    for path in (*PATIENTS, form, times, till, held, "/appointments"):
        async with browsing(house, browser, who) as page:
            await light(page, address(house, who, path), CALM, SCRIPTS)


async def test_the_specialists_pages_are_light(house: RunningHouse, browser: Browser) -> None:
    me = await new_specialist(house, "northlight", "lindenhof")
    for path in SPECIALISTS_OWN:
        async with fresh_context(browser, locale="ar") as (context, _):
            await light(await specialist_at(house, context, me, "ar"), house.address(SPECIALISTS) + path, DENSE)


async def test_the_organizations_pages_are_light(house: RunningHouse, browser: Browser) -> None:
    """Of the organization at which tests engage few specialists: its lists offer each of them as a filter."""
    case = await assessed(house, MODERATE, MARIGOLD)
    state = await signed_in_as(house, browser, ORGANIZATIONS, *LINDA)
    for path in (*OPERATORS, f"/journeys/{case.journey_id}", "/definitions/first-steps/1"):
        async with fresh_context(browser, storage_state=state) as (context, _):
            await put_cookie(context, ORGANIZATIONS, LANGUAGE_COOKIE, "ar")
            await light(await context.new_page(), house.address(ORGANIZATIONS) + path, DENSE)
