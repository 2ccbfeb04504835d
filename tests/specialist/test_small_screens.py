"""What a telephone and a browser without scripts show of the week, the caseload and the profile."""

import re
from datetime import timedelta

from playwright.async_api import Browser

from tests.fixtures.browser import fresh_context
from tests.fixtures.house import AURORA, SPECIALISTS, RunningHouse
from tests.specialist.people import at_pages, booked, new_specialist, soon
from tests.specialist.test_hours import off, put
from tests.specialist.test_pages import signed_in
from tests.usecases.steps import new_patient

CUT = "() => [...document.querySelectorAll('.choice')].filter(each => each.scrollWidth > each.clientWidth).length"
NAMES = "() => Math.min(...[...document.querySelectorAll('.person > div')].map(each => each.clientWidth))"


async def test_without_scripts_the_week_is_in_order_and_names_each_block_once(house: RunningHouse) -> None:
    me = await new_specialist(house, hours=False, zone="UTC")
    await put(house, me, "13:00", "15:00")
    await put(house, me, "08:00", "09:00", day=1)
    await put(house, me, "09:00", "10:00")
    start = soon(house) + timedelta(days=7)
    await off(house, me, start, timedelta(minutes=5), kind="extra")
    async with at_pages(house, me) as visitor:
        page = (await visitor.get(f"/week?of={start.date()}")).text
    blocks = page.split('<ol class="wk-list">')[1].split("</ol>")[0]
    found = [(int(day), int(at)) for day, at in re.findall(r'data-day="(\d)" data-start="(\d+)"', blocks)]
    assert len(found) == 4
    assert found == sorted(found)
    shown = re.sub(r"<[^>]+>", "", blocks)
    assert shown.count("Extra hours") == 1
    assert "on a touch screen, tap" in page


async def test_the_summary_ends_a_question_once(house: RunningHouse) -> None:
    me = await new_specialist(house)
    async with at_pages(house, me) as visitor:
        await visitor.get("/week")
        page = await visitor.post("/week/exceptions", kind="", starts="", ends="", label="")
    assert page.status_code == 422
    assert ">What is it? Please fill this in.<" in page.text
    assert ">From: Please fill this in.<" in page.text


async def test_names_and_languages_keep_to_their_places_on_a_telephone(house: RunningHouse, browser: Browser) -> None:
    me = await new_specialist(house)
    await booked(house, await new_patient(house, AURORA), me)
    async with fresh_context(browser, width=390) as (context, _):
        page = await signed_in(house, context, me, "de")
        await page.goto(house.address(SPECIALISTS) + "/profile")
        assert await page.get_by_text("Vietnamesisch").count() == 1
        for width in (320, 390, 412, 430, 768):
            await page.set_viewport_size({"width": width, "height": 900})
            assert await page.evaluate(CUT) == 0, width
        await page.set_viewport_size({"width": 390, "height": 900})
        await page.goto(house.address(SPECIALISTS) + "/patients")
        assert await page.evaluate(NAMES) >= 9 * 16
