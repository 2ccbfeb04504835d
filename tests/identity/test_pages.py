"""Every new page: axe, no sideways scrolling; and the picture of the documentation."""

import pytest
from playwright.async_api import Browser

from portals.core.door import SESSION_COOKIE
from tests.fixtures.browser import faults
from tests.fixtures.house import RunningHouse
from tests.fixtures.pictures import picture
from tests.identity.browsing import at, browsing, device, make_passkey
from tests.identity.people import PASSWORD, member, with_app


@pytest.mark.parametrize("lang", ["en", "ar"])
async def test_every_page_is_accessible(house: RunningHouse, browser: Browser, lang: str) -> None:
    who, locale = await member(house, "owner"), {"en": "en-US", "ar": "ar"}[lang]
    async with browsing(house, browser, who, lang=lang, locale=locale) as page:
        await device(page)

        async def look(path: str, shown: str = "") -> None:
            if path:
                await page.goto(at(house, who, path))
            if shown and lang == "en":
                await picture(page, shown, whole=True)
            assert await faults(page) == [], path

        await look("/security")
        await look("/security/app")
        await look("/security/passkeys/new")
        await look("/confirm-it-is-you")
        await make_passkey(house, page, who)
        await look("")
        await with_app(house, who)
        await look("/security", "security")
        await page.locator("a[href^='/security/passkeys/']").first.click()
        await look("")
        await look("/confirm-it-is-you")
        await page.context.clear_cookies(name=SESSION_COOKIE)
        await look("/sign-in")
        await page.fill("[name=email]", who.email)
        await page.fill("[name=password]", PASSWORD)
        await page.locator("#sign-in form:not([data-passkey]) button").click()
        await page.wait_for_url("**/second-step**")
        await look("")
