"""A browser with a device that knows passkeys, and somebody signed in with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, BrowserContext, Page

from portals.core.door import SESSION_COOKIE
from tests.fixtures.browser import fresh_context
from tests.fixtures.house import RunningHouse
from tests.identity.people import Somebody, opened

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


async def device(page: Page, verified: bool = True) -> None:
    """A finger on the sensor, or the wrong one."""
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    await session.send("WebAuthn.addVirtualAuthenticator", {"options": {**AUTHENTICATOR, "isUserVerified": verified}})


@asynccontextmanager
async def browsing(
    house: RunningHouse, browser: Browser, who: Somebody, signed_in: bool = True, lang: str = "en", **options: object
) -> AsyncIterator[Page]:
    async with fresh_context(browser, **options) as (context, _):  # type: ignore[arg-type]
        await cookies(house, context, who, signed_in, lang)
        yield await context.new_page()


async def cookies(house: RunningHouse, context: BrowserContext, who: Somebody, signed_in: bool, lang: str) -> None:
    kept = {"__Host-language": lang}
    if signed_in:
        kept[SESSION_COOKIE] = (await opened(house, who)).token
    for name, value in kept.items():
        place = {"url": house.address(who.host).replace("http://", "https://"), "secure": True}
        await context.add_cookies([{"name": name, "value": value, **place}])  # type: ignore[typeddict-item]


def at(house: RunningHouse, who: Somebody, path: str) -> str:
    return house.address(who.host) + path


async def make_passkey(house: RunningHouse, page: Page, who: Somebody, name: str = "My phone") -> None:
    await page.goto(at(house, who, "/security/passkeys/new"))
    await page.locator("[name=name]").fill(name)
    await page.locator("form[data-passkey] button").click()
    await page.locator("#codes").wait_for()
