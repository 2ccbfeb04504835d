"""Two people meet in the room; media goes between the two browsers."""

from playwright.async_api import Browser, BrowserContext, Page

from tests.fixtures.browser import axe, fresh_context
from tests.portals import signals

SEES = "() => { const them = document.querySelector('[data-role=them]'); return them.videoWidth > 0 && !them.paused; }"
MEDIA = ("camera", "microphone")


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
