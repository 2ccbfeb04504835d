"""A patient's whole way in a browser with scripts, one story per brand: from registering to moving and cancelling."""

import re
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page

from tests.fixtures.browser import fresh_context
from tests.fixtures.house import AURORA, MARIGOLD, SANA, RunningHouse
from tests.fixtures.mailbox import link_for
from tests.patient.people import SOMETIMES, answers

ANSWERS = answers(others=SOMETIMES)
PASSWORD = "four quiet doors"


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


async def register(house: RunningHouse, page: Page, host: str) -> None:
    email = f"{uuid4().hex}@patients.example"
    await page.goto(house.address(host) + "/register")
    for name, value in (("given_name", "Robin"), ("family_name", "Vale"), ("email", email), ("password", PASSWORD)):
        await page.fill(f"[name={name}]", value)
    await page.locator("#register button").click()
    await page.locator(".banner.ok").wait_for()
    await page.goto(await link_for(house, email))
    await page.locator("#verify button").click()
    await page.locator("form[action='/journeys']").wait_for()


async def begin_consent_answer(page: Page) -> None:
    await page.locator("form[action='/journeys'] button").click()
    await page.locator("#next a[href='/consents']").click()
    for box in await page.locator("#open [name=kinds]").all():
        await box.check()
    await page.locator("#open button").click()
    await page.locator("#next a[href$='/form']").click()
    for link_id, answer in ANSWERS.items():
        await page.check(f"[name='q-{link_id}'][value='{answer}']")
    await page.locator("[name=then][value=send]").click()
    await page.locator("#next a[href='/specialists']").wait_for()


OF_THE_PACK = re.compile("Maya Chen|Greta Sommer")
"""Colleagues whom other tests have made may have hardly any time."""


async def find_and_hold(page: Page) -> str:
    """The path of the appointment that is held."""
    await page.locator("#next a[href='/specialists']").click()
    await page.locator("#found .card", has_text=OF_THE_PACK).first.locator(".btn").click()
    for week in (1, 2):
        await page.locator("#times [rel=next]").click()
        await page.wait_for_url(f"**week={week}")
    await page.locator("details[open] [name=start]").last.check()
    await page.locator("#times form button").click()
    await page.wait_for_url("**/pay")
    return re.sub(r"^https?://[^/]+|/pay$", "", page.url)


async def pay_with_a_new_card(page: Page) -> None:
    await page.check("[name=save_card]")
    await page.locator("#pay button").click()
    for name, value in (("number", "4242424242424242"), ("expiry", "12 / 34"), ("cvc", "123")):
        await page.fill(f"[name={name}]", value)
    await page.locator("form button").first.click()


async def move(page: Page) -> None:
    await page.locator("[href$='/move']").click()
    await page.locator("#times [rel=next]").click()
    await page.wait_for_url("**week=1")
    await page.locator("details[open] [name=start]").last.check()
    await page.locator("#times form button").click()


async def cancel(page: Page) -> None:
    await page.locator("#change summary").click()
    await page.locator("#change form button").click()
