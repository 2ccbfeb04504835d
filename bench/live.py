"""How long a change in the database takes until the pages that watch it show it."""

import time
from contextlib import AsyncExitStack

from playwright.async_api import Page

import app
from bench.browsers import page_of
from bench.encounter import Encounter, encounter
from bench.served import served
from bench.simulation.clinic import Clinic
from bench.spread import Spread
from domain.actors import House, Patient
from models import Person
from models.announcements import announce
from tests.fixtures.browser import started

HEADING = "Live: from the database to the page"
CHANGES, WARM = 60, 5
SHOWN = "name => document.querySelector('main').textContent.includes(name) && Date.now()"


async def measure(clinic: Clinic, patients: list[Patient]) -> list[str]:
    patient = patients[-1]
    async with (
        encounter(clinic, patients) as met,
        served(app.build(clinic.settings), "on") as port,
        started() as browser,
        AsyncExitStack() as stack,
    ):
        watched = [met.patient, met.specialist, met.organization]
        pages = [await stack.enter_async_context(page_of(browser, visit, port)) for visit in watched]
        waits = [await waited(clinic, patient, met, pages, number) for number in range(WARM + CHANGES)][WARM:]
    lines = [
        f"- {visit.name}: {Spread(found):ms} (budget 250)"
        for visit, found in zip(watched, zip(*waits, strict=True), strict=True)
    ]
    return [
        f"{CHANGES} times somebody's name changes while three pages that show it are open in a browser; from before "
        "the transaction commits until the page shows it.",
        "",
        *lines,
    ]


async def waited(clinic: Clinic, patient: Patient, met: Encounter, pages: list[Page], number: int) -> list[float]:
    """Seconds until each of the pages shows the change."""
    name = f"Changed{number:03}"
    row = met.appointment
    async with clinic.context.database.transaction(House()) as session:
        (await session.get_one(Person, patient.person_id)).given_name = name
        await announce(
            session,
            ("patient", row.patient_id),
            ("specialist", row.specialist_id),
            ("organization", row.organization_id),
        )
        began = time.time()
    found = [await page.wait_for_function(SHOWN, arg=name) for page in pages]
    return [float(await each.json_value()) / 1000 - began for each in found]
