"""The session room from the patient's side, and what follows it."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from playwright.async_api import Browser, Page
from temporalio.testing import TimeSkipper

from domain.journeys.state import NoteSigned
from domain.refusals import NotFound, RoomClosed
from models import Journey
from portals.core.door import SESSION_COOKIE
from tests.fixtures.browser import axe, fresh_context
from tests.fixtures.house import AURORA, MARIGOLD, SANA, SPECIALISTS, RunningHouse
from tests.fixtures.pictures import picture
from tests.patient import way
from tests.patient.browser_way import find_and_hold
from tests.patient.browsing import address, browsing, put_cookie
from tests.patient.people import Newcomer, newcomer, rows_of, signed_in
from tests.specialist.people import Colleague, booked, new_specialist, session_of
from tests.usecases.steps import until
from usecases.journeys import tell
from usecases.processes import journey_handle
from usecases.specialist import sessions


async def at_session(house: RunningHouse, who: Newcomer, colleague: Colleague) -> tuple[UUID, UUID]:
    """(journey, appointment) that begins within minutes."""
    async with signed_in(house, who) as visitor:
        await way.to_booking(visitor)
    (journey,) = await rows_of(house, who, Journey)
    appointment_id = await booked(house, who.patient, colleague, journey_id=journey.id)
    await until(lambda: stands_at(house, who, "first-session"))
    return journey.id, appointment_id


async def stands_at(house: RunningHouse, who: Newcomer, step: str) -> bool:
    return [row.step for row in await rows_of(house, who, Journey)] == [step]


async def test_from_the_waiting_room_to_the_feedback_and_on(house: RunningHouse) -> None:
    who, colleague = await newcomer(house, AURORA), await new_specialist(house)
    journey_id, appointment_id = await at_session(house, who, colleague)
    room = f"/appointments/{appointment_id}/room"
    async with signed_in(house, who) as visitor:
        assert room in (await visitor.get("/")).text
        assert '<option value="US-MA" selected>' in (await visitor.get(room)).text
        said = await visitor.post(f"/appointments/{appointment_id}/place", jurisdiction="US-MA")
        assert said.headers["location"] == room
        lobby = await visitor.get(room)
        assert lobby.status_code == 200
        assert "camera=(self)" in lobby.headers["permissions-policy"]
        assert "You are in the waiting room" in lobby.text
        await sessions.admit(house.context, colleague.specialist, appointment_id)
        assert "Only the two of you are here" in (await visitor.get(room)).text
        await sessions.finish(house.context, colleague.specialist, appointment_id)
        await until(lambda: stands_at(house, who, "note"))
        assert (await visitor.get(room)).headers["location"] == "/"
        assert "Your specialist writes down" in (await visitor.get("/")).text

        await tell(house.context, journey_id, NoteSigned(appointment_id=appointment_id), uuid4().hex)
        survey = await way.form_of(visitor)
        await visitor.get(survey)
        sent = {f"q-{name}": "3" for name in ("listened", "direction", "picture", "again")}
        done = await visitor.post(survey, then="send", **sent, **{"q-more": "Thank you."})
        home = await visitor.follow(done)
        assert "Take your time." in home.text
    assert await stands_at(house, who, "breather")


async def test_the_room_is_for_its_two_and_for_its_time(house: RunningHouse) -> None:
    who, stranger = await newcomer(house, AURORA), await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor, signed_in(house, stranger) as other:
        here = await way.booked(house, visitor, place=12)
        early = await visitor.get(f"{here}/room")
        assert early.status_code == 410
        assert RoomClosed.title in early.text
        foreign, absent = await other.get(f"{here}/room"), await other.get(f"/appointments/{uuid4()}/room")
        assert foreign.status_code == absent.status_code == 404
        assert NotFound.title in foreign.text


@pytest.mark.parametrize(
    ("host", "organization"), [(AURORA, "northlight"), (MARIGOLD, "lindenhof"), (SANA, "northlight")]
)
async def test_two_browsers_meet_and_what_follows(
    house: RunningHouse, browser: Browser, host: str, organization: str
) -> None:
    """From the waiting room to the rating and the held follow-up, in the brand's language."""
    who, colleague = await newcomer(house, host), await new_specialist(house, organization)
    journey_id, appointment_id = await at_session(house, who, colleague)
    here = f"/appointments/{appointment_id}"
    async with browsing(house, browser, who) as patient, fresh_context(browser) as (staff, _notes):
        token = (await session_of(house, colleague, "cookie")).token
        await put_cookie(staff, SPECIALISTS, SESSION_COOKIE, token)
        specialist = await staff.new_page()
        await patient.goto(address(house, who, f"{here}/room"))
        assert await axe(patient) == []
        await picture_of(who, patient, "patient-place")
        await patient.locator("form[action$='/place'] button").click()
        await patient.locator("video-room[data-state=lobby]").wait_for()
        assert await axe(patient) == []
        await specialist.goto(house.address(SPECIALISTS) + f"{here}/room")
        await specialist.locator('form[action$="/admit"] button').click()
        for page in (patient, specialist):
            await connected(page)
        await picture_of(who, patient, "patient-room")
        await patient.locator("[data-role=leave]").click()
        await patient.wait_for_url(f"**{here}")
        await finish_and_sign(specialist)
        await until(lambda: stands_at(house, who, "feedback"))
        await patient.goto(address(house, who))
        await rate(patient)
        await until(lambda: stands_at(house, who, "breather"))
        await TimeSkipper(house.temporal).fast_forward(journey_handle(house.temporal, journey_id), timedelta(days=3))
        await until(lambda: stands_at(house, who, "book-follow-up"))
        await patient.goto(address(house, who))
        await find_and_hold(patient)
    assert await stands_at(house, who, "pay-follow-up")


async def picture_of(who: Newcomer, page: Page, name: str) -> None:
    """One brand's is enough."""
    if who.host == AURORA:
        await picture(page, name)


async def finish_and_sign(page: Page) -> None:
    await page.locator("details:has(form[action$='/finish']) summary").click()
    await page.locator("form[action$='/finish'] button").click()
    await page.wait_for_url("**/note")
    await page.fill("[name=text]", "We talked about sleep.")
    await page.locator("[formaction$='/sign']").click()
    await page.wait_for_url(re.compile(r"/appointments/[^/]+$"))


async def rate(page: Page) -> None:
    await page.locator("#next a[href$='/form']").click()
    for link_id in ("listened", "direction", "picture", "again"):
        await page.check(f"[name='q-{link_id}'][value='3']")
    await page.locator("[name=then][value=send]").click()
    await page.wait_for_url(re.compile(r"//[^/]+/$"))


async def connected(page: Page) -> None:
    await page.locator("video-room[data-state=connected]").wait_for(timeout=15_000)
