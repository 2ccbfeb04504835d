"""A visitor's page in a real browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page

from bench.visits import Visit
from portals.core.door import SESSION_COOKIE
from tests.fixtures.browser import fresh_context


@asynccontextmanager
async def page_of(browser: Browser, visit: Visit, port: int, path: str | None = None) -> AsyncIterator[Page]:
    """Open at `path`, or where the visit leads. Leaving it, the browser has seen nothing wrong."""
    async with fresh_context(browser) as (context, _):
        await context.grant_permissions(["camera", "microphone"])
        await context.add_cookies([{"name": SESSION_COOKIE, "value": visit.token, "url": f"https://{visit.host}"}])
        page = await context.new_page()
        await page.goto(f"http://{visit.host}:{port}{path or visit.path}")
        yield page
