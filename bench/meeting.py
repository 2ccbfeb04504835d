"""How long two people who enter the session room take until they see each other."""

import time

from playwright.async_api import Page

import app
from bench.browsers import page_of
from bench.encounter import encounter
from bench.served import served
from bench.simulation.clinic import Clinic
from bench.spread import Spread
from domain.actors import Patient
from tests.fixtures.browser import started

HEADING = "Meeting: two see each other by video"
TIMES = 40
SEES = "() => { const them = document.querySelector('[data-role=them]'); return them.videoWidth > 0 && !them.paused; }"


async def measure(clinic: Clinic, patients: list[Patient]) -> list[str]:
    async with (
        encounter(clinic, patients) as met,
        served(app.build(clinic.settings), "on") as port,
        started() as browser,
        page_of(browser, met.patient, port, met.room) as theirs,
        page_of(browser, met.specialist, port, met.room) as mine,
    ):
        await both_see(mine, theirs)
        waits = [
            await joined(comes, stays) for _ in range(TIMES // 2) for comes, stays in ((mine, theirs), (theirs, mine))
        ]
    return [
        f"{TIMES} times one of the two opens the room's page anew, in turn; from the click until both see the other's "
        "picture. Both browsers, the servers and the database share this machine.",
        "",
        f"- {Spread(waits)} (budget 3)",
    ]


async def joined(comes: Page, stays: Page) -> float:
    began = time.monotonic()
    await comes.reload()
    await both_see(comes, stays)
    return time.monotonic() - began


async def both_see(*pages: Page) -> None:
    for page in pages:
        await page.locator("video-room[data-state=connected]").wait_for()
        await page.wait_for_function(SEES)
