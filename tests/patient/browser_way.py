"""A patient's way in a browser with scripts, step by step."""

import re
from urllib.parse import urljoin
from uuid import uuid4

from playwright.async_api import Page

from tests.fixtures.house import RunningHouse
from tests.fixtures.mailbox import link_for
from tests.patient.people import SOMETIMES, answers

ANSWERS = answers(others=SOMETIMES)
PASSWORD = "four quiet doors"


async def register(house: RunningHouse, page: Page, host: str) -> None:
    email = f"{uuid4().hex}@patients.example"
    await page.goto(house.address(host) + "/register")
    for name, value in (("given_name", "Robin"), ("family_name", "Vale"), ("email", email), ("password", PASSWORD)):
        await page.fill(f"[name={name}]", value)
    await page.locator("#register button").click()
    await page.locator("main a[href='/register']").wait_for()
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
    await page.locator("#found").wait_for()
    theirs = page.locator("#found .card", has_text=OF_THE_PACK).first
    while not await theirs.count():
        await page.goto(urljoin(page.url, await page.locator("#found [rel=next]").get_attribute("href") or ""))
    await theirs.locator(".btn").click()
    await choose(page, first_week=2)
    await page.wait_for_url("**/pay")
    return re.sub(r"^https?://[^/]+|/pay$", "", page.url)


async def choose(page: Page, first_week: int) -> None:
    """A free time of that week, or of a later one: other tests may have booked whole weeks."""
    for week in range(1, 8):
        await page.locator("#times [rel=next]").click()
        await page.wait_for_url(f"**week={week}")
        if week >= first_week and await page.locator("#times [name=start]").count():
            break
    await page.locator("details[open] [name=start]").last.check()
    await page.locator("#times form button").click()


async def pay_with_a_new_card(page: Page) -> None:
    await page.check("[name=save_card]")
    await page.locator("#pay button").click()
    for name, value in (("number", "4242424242424242"), ("expiry", "12 / 34"), ("cvc", "123")):
        await page.fill(f"[name={name}]", value)
    await page.locator("form button").first.click()


async def move(page: Page) -> None:
    await page.locator("[href$='/move']").click()
    await choose(page, first_week=1)


async def cancel(page: Page) -> None:
    await page.locator("#change summary").click()
    await page.locator("#change form button").click()
