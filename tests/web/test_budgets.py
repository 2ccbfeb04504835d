"""What a page weighs as it travels: from a cold cache, and again with what the browser has kept."""

from playwright.async_api import Browser

from tests.fixtures.browser import KB, fresh_context, weight
from tests.fixtures.house import AURORA, ORGANIZATIONS, SPECIALISTS, RunningHouse
from tests.organization.cases import OLIVIA
from tests.organization.test_look import signed_in as signed_in_as
from tests.patient import way
from tests.patient.browsing import address, browsing
from tests.patient.people import links, newcomer, signed_in
from tests.specialist.people import new_specialist
from tests.specialist.test_pages import signed_in as specialist_at

REQUESTS = 8
PATIENT, DENSE, AGAIN = 30 * KB, 45 * KB, 8 * KB
ALL_THE_WORLD = {"/profile": 10 * KB}
"""Every country and every zone to choose from."""


async def test_patients_pages_are_light(house: RunningHouse, browser: Browser) -> None:
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor:
        await way.to_booking(visitor)
        times = links(await visitor.get("/specialists"), "/specialists/")[0]
    for path in ("/", "/specialists", times, "/consents", "/profile"):
        async with browsing(house, browser, who) as page:
            cold, again = [await weight(page, address(house, who, path)) for _ in range(2)]
        assert len(cold) <= REQUESTS, path
        assert sum(cold) <= PATIENT, (path, cold)
        assert sum(again) <= ALL_THE_WORLD.get(path, AGAIN), (path, again)


async def test_the_specialists_week_is_light(house: RunningHouse, browser: Browser) -> None:
    me = await new_specialist(house)
    for path in ("/", "/week"):
        async with fresh_context(browser) as (context, _):
            page = await specialist_at(house, context, me)
            cold = await weight(page, house.address(SPECIALISTS) + path)
        assert len(cold) <= REQUESTS, path
        assert sum(cold) <= DENSE, (path, cold)


async def test_the_control_room_is_light(house: RunningHouse, browser: Browser) -> None:
    state = await signed_in_as(house, browser, ORGANIZATIONS, *OLIVIA)
    for path in ("/", "/journeys"):
        async with fresh_context(browser, storage_state=state) as (context, _):
            cold = await weight(await context.new_page(), house.address(ORGANIZATIONS) + path)
        assert len(cold) <= REQUESTS, path
        assert sum(cold) <= DENSE, (path, cold)
