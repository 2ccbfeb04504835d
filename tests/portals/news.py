"""News for a page of the styleguide, told by the test itself, and answers that take as long as the test wants."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent
from playwright.async_api import BrowserContext, Error, Page, Request, Route

from portals.core.live import Hub

PATH = "/styleguide/news"
ADDRESS = "**/styleguide"
REGION = """id => {
  const region = document.createElement('live-region'), fragment = document.getElementById(id);
  region.setAttribute('src', '/styleguide/news');
  region.setAttribute('fragment', id);
  fragment.replaceWith(region);
  region.append(fragment);
  window.heard = 0;
  new BroadcastChannel('live:/styleguide/news').onmessage = () => { heard++; };
  document.dispatchEvent(new Event('fragment'));
}"""

hub = Hub("")
opened = asyncio.Event()
router = APIRouter()


@router.get(PATH, response_class=EventSourceResponse)
async def news() -> AsyncIterator[ServerSentEvent]:
    async for event in hub.events(PATH):
        opened.set()
        yield event


async def watching(context: BrowserContext, port: int, fragment: str) -> Page:
    """The styleguide, whose `fragment` is live."""
    page = await context.new_page()
    await page.goto(f"http://aurora.localhost:{port}/styleguide")
    hub._told.clear()
    opened.clear()
    await page.evaluate(REGION, fragment)
    async with asyncio.timeout(5):
        await opened.wait()
    return page


async def tell(page: Page) -> None:
    """Something has changed, and the page has heard of it."""
    before = await page.evaluate("heard")
    hub.publish(PATH)
    await page.wait_for_function("before => heard > before", arg=before, timeout=5000)


def looks(page: Page, fragment: str) -> list[Request]:
    """How often the page has fetched its `fragment` so far; the list grows."""
    found: list[Request] = []

    def note(asked: Request) -> None:
        if asked.method == "GET" and asked.headers.get("x-fragment") == fragment:
            found.append(asked)

    page.on("request", note)
    return found


class Slow:
    """A route whose first request by `method` is answered with `html` once `arrive` is called; later ones pass."""

    def __init__(self, method: str, html: str, status: int = 200) -> None:
        self.method, self.html, self.status = method, html, status
        self.asked = asyncio.Event()
        self._arrives = asyncio.Event()

    async def __call__(self, route: Route) -> None:
        if route.request.method != self.method or self.asked.is_set():
            return await route.continue_()
        self.asked.set()
        await self._arrives.wait()
        with contextlib.suppress(Error):  # nobody waits for it any more
            await route.fulfill(status=self.status, content_type="text/html", body=self.html)

    async def under_way(self) -> None:
        async with asyncio.timeout(5):
            await self.asked.wait()

    def arrive(self) -> None:
        self._arrives.set()
