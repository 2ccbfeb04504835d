"""The week by pointer and by keyboard, saved or taken back."""

import pytest
from playwright.async_api import Browser, Locator, Page

from tests.fixtures.browser import SETTLED_MS, fresh_context

AT_ONCE = """(week, keys) => {
  for (const key of keys) document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
}"""


def block(page: Page, number: str) -> Locator:
    return page.locator(".wk-block").filter(has_text=number).first


async def open_week(page: Page, port: int, host: str = "specialists") -> None:
    await page.goto(f"http://{host}.localhost:{port}/styleguide/week")
    await page.locator(".wk-day").nth(6).wait_for()


async def top(place: Locator) -> float:
    return float(await place.evaluate("place => place.scrollTop"))


async def drag(page: Page, day: int, start: float, end: float) -> None:
    """From hour to hour of a day's column, as far as it is in sight."""
    column = await page.locator(".wk-day").nth(day).bounding_box()
    assert column
    x = column["x"] + column["width"] / 2
    await page.mouse.move(x, column["y"] + column["height"] * start / 24)
    await page.mouse.down()
    await page.mouse.move(x, column["y"] + column["height"] * end / 24, steps=5)
    await page.mouse.up()


async def test_dragging_adds_hours_and_says_so(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await open_week(page, port)
        async with page.expect_request("**/styleguide/week") as sent:
            await drag(page, 4, 9, 11)
        fields = (await sent.value).post_data or ""
        assert fields == "id=&day=4&start=540&end=660&kind=any&offered_to=all"
        await page.locator(".wk-status", has_text="Saved").wait_for()
        assert await page.locator(".wk-day").nth(4).locator(".wk-block").count() == 1


async def test_every_hour_of_the_day_can_be_set(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await open_week(page, port)
        place = page.locator(".wk-place")
        assert await top(place) > 0
        await place.evaluate("place => { place.scrollTop = 0 }")
        async with page.expect_request("**/styleguide/week") as early:
            await drag(page, 2, 5, 7)
        assert "day=2&start=300&end=420" in ((await early.value).post_data or "")
        await place.evaluate("place => { place.scrollTop = place.scrollHeight }")
        async with page.expect_request("**/styleguide/week") as late:
            await drag(page, 2, 21, 23)
        assert "day=2&start=1260&end=1380" in ((await late.value).post_data or "")


async def test_the_keyboard_takes_a_block_through_the_day_in_sight(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await open_week(page, port)
        before = await top(page.locator(".wk-place"))
        await page.locator(".wk-day").nth(4).focus()
        async with page.expect_request("**/styleguide/week"):
            await page.keyboard.press("Enter")
        async with page.expect_request("**/styleguide/week") as moved:
            for _ in range(12):
                await page.keyboard.press("ArrowUp")
        assert "day=4&start=360&end=420" in ((await moved.value).post_data or "")
        assert 0 < await top(page.locator(".wk-place")) < before


async def test_what_the_server_refuses_is_taken_back(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await open_week(page, port)
        await drag(page, 6, 9, 11)
        await page.locator(".wk-status", has_text="That is not possible.").wait_for()
        assert await page.locator(".wk-day").nth(6).locator(".wk-block").count() == 0


async def test_an_overlap_is_never_sent(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await open_week(page, port)
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url))
        await drag(page, 3, 8.5, 12)
        await page.locator(".wk-status", has_text="overlaps").wait_for()
        assert sent == []


@pytest.mark.parametrize(("host", "key", "day"), [("specialists", "ArrowRight", 1), ("sana", "ArrowLeft", 1)])
async def test_the_keyboard_moves_resizes_and_removes(
    browser: Browser, port: int, host: str, key: str, day: int
) -> None:
    locale = "ar" if host == "sana" else "en-US"
    async with fresh_context(browser, locale=locale) as (context, _):
        page = await context.new_page()
        await open_week(page, port, host)
        await page.locator(".wk-day").nth(4).focus()
        async with page.expect_request("**/styleguide/week") as added:
            await page.keyboard.press("Enter")
        assert "day=4&start=540&end=600" in ((await added.value).post_data or "")
        await page.keyboard.press(key)
        await page.keyboard.press("ArrowDown")
        async with page.expect_request("**/styleguide/week") as moved:
            await page.keyboard.press("Shift+ArrowDown")
        assert "id=new&day=5&start=555&end=630" in ((await moved.value).post_data or "")
        async with page.expect_request("**/styleguide/week") as removed:
            await page.keyboard.press("Delete")
        assert (await removed.value).post_data == "remove=new"


async def test_what_is_being_removed_is_removed_once(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await open_week(page, port)
        sent = posts(page)
        await page.locator(".wk-day").first.locator(".wk-block").first.focus()
        await page.locator("week-calendar").evaluate(AT_ONCE, ["Delete", "Delete"])
        await page.locator(".wk-status", has_text="Removed").wait_for()
        await page.wait_for_timeout(SETTLED_MS)
        assert sent == ["remove=1"]


async def test_every_block_that_was_moved_is_saved_on_leaving(browser: Browser, port: int) -> None:
    """No answer to the first comes any more."""
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await open_week(page, port)
        sent = posts(page)
        await page.route("**/styleguide/week", lambda _: None)
        for day in (0, 3):
            await page.locator(".wk-day").nth(day).locator(".wk-block").first.focus()
            await page.locator("week-calendar").evaluate(AT_ONCE, ["ArrowUp"])
        await page.evaluate("() => { dispatchEvent(new PageTransitionEvent('pagehide')) }")
        await page.wait_for_timeout(SETTLED_MS)
        assert [fields.split("&kind")[0] for fields in sent] == [
            "id=1&day=0&start=525&end=705",
            "id=6&day=3&start=585&end=885",
        ]


async def test_what_was_refused_is_not_removed_as_well(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await open_week(page, port)
        sent = posts(page)
        await page.locator(".wk-day").nth(6).focus()
        await page.locator("week-calendar").evaluate(AT_ONCE, ["Enter", "Delete"])
        await page.locator(".wk-status", has_text="That is not possible.").wait_for()
        await page.wait_for_timeout(SETTLED_MS)
        assert [fields.startswith("id=&day=6") for fields in sent] == [True]


def posts(page: Page) -> list[str]:
    """What has been sent so far; the list grows."""
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.post_data or "") if asked.method == "POST" else None)
    return sent


async def test_breaks_lie_over_hours_and_appointments_stay_where_they_are(browser: Browser, port: int) -> None:
    async with fresh_context(browser) as (context, _):
        page = await context.new_page()
        await open_week(page, port)
        await page.get_by_label("Kind").select_option("break")
        async with page.expect_request("**/styleguide/week") as sent:
            await drag(page, 3, 12, 13)
        assert "kind=break" in ((await sent.value).post_data or "")
        appointment = page.locator("a.wk-block")
        assert await appointment.get_attribute("data-fixed") == ""
        await appointment.focus()
        assert await page.locator("[data-role=remove]").is_disabled()


@pytest.mark.parametrize("width", [390, 1280])
async def test_a_block_says_what_and_when_as_far_as_it_reaches(browser: Browser, port: int, width: int) -> None:
    async with fresh_context(browser, width) as (context, _):
        page = await context.new_page()
        await open_week(page, port)
        for what, when in (("Break", "12:00"), ("Noor H.", "9:30"), ("Busy", "11:00"), ("Busy", "All day")):
            shown = page.locator(".wk-block").filter(has_text=when).filter(has_text=what)
            cut = (
                "block => [...block.children].some(line => line.offsetTop + line.offsetHeight > block.clientHeight + 1)"
            )
            assert not await shown.evaluate(cut), what


async def test_the_week_is_a_list_without_scripts(browser: Browser, port: int) -> None:
    async with fresh_context(browser, java_script_enabled=False) as (context, _):
        page = await context.new_page()
        await page.goto(f"http://specialists.localhost:{port}/styleguide/week")
        assert await page.get_by_text("Mon, 9:00 AM – 12:00 PM, First sessions").is_visible()
        assert await page.get_by_text("No connection").is_visible()
