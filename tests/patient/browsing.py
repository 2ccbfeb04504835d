"""A patient with a real browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page

from portals.core.door import SESSION_COOKIE
from portals.core.site import LANGUAGE_COOKIE
from tests.fixtures.browser import fresh_context
from tests.fixtures.house import RunningHouse
from tests.patient.people import Newcomer, session_of


@asynccontextmanager
async def browsing(
    house: RunningHouse, browser: Browser, who: Newcomer, lang: str = "", **options: Any
) -> AsyncIterator[Page]:
    """Signed in, with `lang` as if chosen by the switch; on leaving, nothing may have gone wrong."""
    async with fresh_context(browser, **options) as (context, notes):
        token = (await session_of(house, who, "cookie")).token
        for name, value in ((SESSION_COOKIE, token), (LANGUAGE_COOKIE, lang)):
            if value:
                await put_cookie(context, who.host, name, value)
        page = await context.new_page()
        yield page
        notes.foreign[:] = [url for url in notes.foreign if not url.startswith(house.sandbox.base_url)]


async def put_cookie(context: BrowserContext, host: str, name: str, value: str) -> None:
    """As the browser would keep it from that host's answer."""
    await context.add_cookies(
        [{"name": name, "value": value, "domain": host, "path": "/", "secure": True, "httpOnly": True}]
    )


def address(house: RunningHouse, who: Newcomer, path: str = "/") -> str:
    return house.address(who.host) + path
