"""Two people meet in the room; media goes between the two browsers."""

from functools import partial

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Request, Route

from tests.fixtures.browser import SETTLED_MS, axe, fresh_context
from tests.portals import signals

SEES = "() => { const them = document.querySelector('[data-role=them]'); return them.videoWidth > 0 && !them.paused; }"
HEARS = """() => {
  const tracks = document.querySelector('[data-role=them]').srcObject?.getTracks() ?? [];
  return tracks.map(each => each.kind).join() === 'audio';
}"""
MEDIA = ("camera", "microphone")
PATIENCE_MS = 12_000
NO_CAMERA = """
  const devices = window.MediaDevices?.prototype, open = devices?.getUserMedia;
  if (open) devices.getUserMedia = async function (wish) {
    if (wish.video) throw new DOMException('none', 'NotFoundError');
    return open.call(this, wish);
  };
"""


async def enter(context: BrowserContext, port: int) -> Page:
    await context.grant_permissions(MEDIA)
    page = await context.new_page()
    await page.goto(f"http://aurora.localhost:{port}/styleguide/room")
    return page


async def test_two_people_see_each_other_and_part(browser: Browser, port: int) -> None:
    signals.peers.clear()
    async with fresh_context(browser) as (one, _), fresh_context(browser) as (other, _):
        first = await enter(one, port)
        await first.locator("video-room[data-state=waiting]").wait_for()
        second = await enter(other, port)
        for page in (first, second):
            await page.locator("video-room[data-state=connected]").wait_for(timeout=15_000)
            await page.wait_for_function(SEES)
        assert await axe(first) == []
        await first.get_by_role("button", name="Mute").click()
        await second.get_by_text("Dr. Ada Example has muted the microphone.").wait_for()
        assert await first.get_by_role("button", name="Mute").get_attribute("aria-pressed") == "true"
        await second.get_by_role("link", name="Leave").click()
        await second.wait_for_url("**/styleguide")
        await first.locator("video-room[data-state=waiting]").wait_for()


async def test_who_reloads_comes_back(browser: Browser, port: int) -> None:
    signals.peers.clear()
    async with fresh_context(browser) as (one, _), fresh_context(browser) as (other, _):
        first, second = await enter(one, port), await enter(other, port)
        await first.locator("video-room[data-state=connected]").wait_for(timeout=15_000)
        await second.reload()
        await second.locator("video-room[data-state=connected]").wait_for(timeout=20_000)
        await first.locator("video-room[data-state=connected]").wait_for(timeout=20_000)
        await first.wait_for_function(SEES)


async def test_only_the_one_who_is_not_polite_offers(browser: Browser, port: int) -> None:
    """Where both do, one has to take its offer back; a Chromium that does is now and then left without a way."""
    signals.peers.clear()
    async with fresh_context(browser) as (one, _), fresh_context(browser) as (other, _):
        offering: set[BrowserContext] = set()
        for context in (one, other):
            context.on("request", partial(note_offer, offering, context))
        first = await enter(one, port)
        await first.locator("video-room[data-state=waiting]").wait_for()
        second = await enter(other, port)
        for page in (first, second):
            await page.locator("video-room[data-state=connected]").wait_for(timeout=15_000)
            await page.wait_for_function(SEES)
        assert offering == {other}


def note_offer(offering: set[BrowserContext], context: BrowserContext, asked: Request) -> None:
    if '"type":"offer"' in (asked.post_data or ""):
        offering.add(context)


@pytest.mark.parametrize("without", [0, 1])
async def test_who_has_no_camera_sees_and_is_heard(browser: Browser, port: int, without: int) -> None:
    signals.peers.clear()
    async with fresh_context(browser) as (one, _), fresh_context(browser) as (other, _):
        await (one, other)[without].add_init_script(NO_CAMERA)
        pages = [await enter(one, port), await enter(other, port)]
        for page in pages:
            await page.locator("video-room[data-state=connected]").wait_for(timeout=15_000)
        await pages[without].wait_for_function(SEES)
        await pages[1 - without].wait_for_function(HEARS)


async def test_whoever_does_not_get_through_in_time_enters_anew(browser: Browser, port: int) -> None:
    """What the second says is lost, so the first is never answered; nobody presses anything."""
    signals.peers.clear()
    async with fresh_context(browser) as (one, _), fresh_context(browser) as (other, _):
        first = await enter(one, port)
        await other.clock.install()
        await other.route("**/room/signals*", lost)
        second = await enter(other, port)
        await second.locator("video-room[data-state=connecting]").wait_for()
        names = set(signals.peers)
        await second.wait_for_timeout(SETTLED_MS)
        assert await second.locator("video-room[data-state=connecting]").count() == 1
        await other.unroute("**/room/signals*")
        await other.clock.fast_forward(PATIENCE_MS)
        for page in (first, second):
            await page.locator("video-room[data-state=connected]").wait_for(timeout=15_000)
            await page.wait_for_function(SEES)
        assert len(set(signals.peers) - names) == 1


async def test_who_is_kept_waiting_by_one_signal_sends_it_again(browser: Browser, port: int) -> None:
    """A request that nobody answers would hold up every later one, also those of whoever enters anew."""
    signals.peers.clear()
    async with fresh_context(browser) as (one, _), fresh_context(browser) as (other, _):
        first = await enter(one, port)
        stuck: list[Route] = []
        await other.route("**/room/signals*", partial(unanswered, stuck))
        second = await enter(other, port)
        for page in (first, second):
            await page.locator("video-room[data-state=connected]").wait_for(timeout=30_000)
        assert len(stuck) == 1


async def unanswered(stuck: list[Route], route: Route) -> None:
    """The first that is sent."""
    if route.request.method == "POST" and not stuck:
        stuck.append(route)
    else:
        await route.continue_()


async def lost(route: Route) -> None:
    """Sent, as far as the sender can tell."""
    if route.request.method == "POST":
        await route.fulfill(status=204)
    else:
        await route.continue_()
