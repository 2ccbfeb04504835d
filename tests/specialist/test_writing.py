"""Nothing that is typed into a note is lost: not signed out, not on leaving, not beside what came in between."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from playwright.async_api import Browser, Page, Route

from domain.refusals import NotInThisState
from portals.core.door import SESSION_COOKIE
from tests.fixtures.browser import faults, fresh_context
from tests.fixtures.house import AURORA, SPECIALISTS, RunningHouse
from tests.room.people import come
from tests.specialist.people import Colleague, at_pages, booked, new_specialist, soon
from tests.specialist.test_pages import signed_in
from tests.usecases.steps import new_patient, until
from usecases.patient import cancelling
from usecases.patient.cancelling import CancelAppointment
from usecases.specialist import notes, sessions
from usecases.specialist.notes import Draft


async def appointment_of(house: RunningHouse, me: Colleague) -> UUID:
    return await booked(house, await new_patient(house, AURORA), me)


async def open_note(house: RunningHouse, page: Page, appointment_id: UUID) -> None:
    await page.goto(f"{house.address(SPECIALISTS)}/appointments/{appointment_id}/note")


async def plans(house: RunningHouse, me: Colleague, appointment_id: UUID) -> list[str]:
    """What the plan of each version says, the newest first."""
    kept = await notes.note_page(house.context, me.specialist, appointment_id, "en")
    return [version.body["plan"] for version in kept.versions]


async def test_who_is_signed_out_elsewhere_keeps_what_they_typed_and_may_sign_in(
    house: RunningHouse, browser: Browser
) -> None:
    me = await new_specialist(house)
    appointment_id = await appointment_of(house, me)
    async with fresh_context(browser) as (context, _):
        page = await signed_in(house, context, me)
        await open_note(house, page, appointment_id)
        await context.clear_cookies(name=SESSION_COOKIE)
        await page.get_by_label("Plan").fill("Weekly.")
        await page.get_by_role("button", name="Save draft").click()
        await page.get_by_role("heading", name="You are signed out.").wait_for()
        assert await page.get_by_label("Plan").input_value() == "Weekly."
        way = page.locator(".refusal").get_by_role("link", name="Sign in")
        assert await way.get_attribute("href") == f"/sign-in?next=/appointments/{appointment_id}/note"
        assert await page.get_by_role("link", name="Go to the start page").count() == 0
    assert await plans(house, me, appointment_id) == []


async def test_an_autosave_that_is_refused_says_so_where_it_said_when_it_saved(
    house: RunningHouse, browser: Browser
) -> None:
    me = await new_specialist(house)
    appointment_id = await appointment_of(house, me)
    async with fresh_context(browser) as (context, _):
        page = await signed_in(house, context, me)
        await open_note(house, page, appointment_id)
        await page.get_by_label("Plan").fill("Weekly.")
        await page.get_by_text("Draft saved at").wait_for()
        token = next(each for each in await context.cookies() if each.get("name") == SESSION_COOKIE)
        await context.clear_cookies(name=SESSION_COOKIE)
        await page.get_by_label("Plan").fill("Daily.")
        await page.locator(".toast", has_text="You are signed out.").wait_for()
        assert not (await page.locator(".toast").inner_text()).endswith("Sign in")
        assert await page.get_by_text("Draft saved at").count() == 0
        assert await page.locator("#saved").get_by_role("link", name="Sign in").is_visible()
        assert await page.get_by_label("Plan").input_value() == "Daily."
        assert await faults(page) == []
        assert await plans(house, me, appointment_id) == ["Weekly."]
        await context.add_cookies([token])  # type: ignore[list-item]
        await page.get_by_label("Plan").fill("Monthly.")
        await page.get_by_text("Draft saved at").wait_for()
    assert await plans(house, me, appointment_id) == ["Monthly."]


async def test_the_last_words_are_kept_when_a_link_is_followed_or_the_page_is_left(
    house: RunningHouse, browser: Browser
) -> None:
    me = await new_specialist(house)
    appointment_id = await appointment_of(house, me)

    async def daily() -> bool:
        return await plans(house, me, appointment_id) == ["Daily."]

    async with fresh_context(browser) as (context, _):
        page = await signed_in(house, context, me)
        await open_note(house, page, appointment_id)
        await page.get_by_label("Plan").fill("Weekly.")
        await page.get_by_role("link", name="Brief").click()
        await page.locator("#state").wait_for()
        assert await plans(house, me, appointment_id) == ["Weekly."]
        await open_note(house, page, appointment_id)
        await page.get_by_label("Plan").fill("Daily.")
        await page.goto("about:blank")
        await until(daily)
        await open_note(house, page, appointment_id)
        await page.get_by_label("Plan").fill("Monthly.")
        await page.get_by_text("Draft saved at").wait_for()
        await page.get_by_label("Plan").fill("Yearly.")
        await page.get_by_role("link", name="Today").click()
        await page.wait_for_url(house.address(SPECIALISTS) + "/")
    assert await plans(house, me, appointment_id) == ["Yearly."]


async def renewed(page: Page, renew: str, route: Route) -> None:
    """The part of the page that is live comes anew while the note is being saved."""
    await page.evaluate(renew)
    await route.continue_()


async def test_the_last_words_are_kept_when_the_session_is_finished_from_the_room(
    house: RunningHouse, browser: Browser
) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    appointment_id = await booked(house, patient, me)
    await come(house.context, patient, appointment_id)
    await sessions.admit(house.context, me.specialist, appointment_id)
    async with fresh_context(browser) as (context, _):
        page = await signed_in(house, context, me)
        await page.goto(f"{house.address(SPECIALISTS)}/appointments/{appointment_id}/room")
        await page.get_by_text("Finish session").click()
        await page.get_by_label("Plan").fill("Weekly.")
        renew = "() => { const door = document.getElementById('door'); door.replaceWith(door.cloneNode(true)); }"
        await page.route("**/note", lambda route: renewed(page, renew, route), times=1)
        await page.get_by_role("button", name="Finish now").click()
        await page.wait_for_url("**/note")
        assert await page.get_by_label("Plan").input_value() == "Weekly."
    assert await plans(house, me, appointment_id) == ["Weekly."]


async def finished(house: RunningHouse, me: Colleague) -> UUID:
    """An appointment whose note may be signed."""
    patient = await new_patient(house, AURORA)
    appointment_id = await booked(house, patient, me)
    await come(house.context, patient, appointment_id)
    await sessions.admit(house.context, me.specialist, appointment_id)
    await sessions.finish(house.context, me.specialist, appointment_id)
    return appointment_id


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_text_that_comes_after_the_signature_is_shown_to_be_copied(
    house: RunningHouse, browser: Browser, scripts: bool
) -> None:
    me = await new_specialist(house)
    appointment_id = await finished(house, me)
    async with fresh_context(browser, java_script_enabled=scripts) as (context, _):
        page = await signed_in(house, context, me)
        await open_note(house, page, appointment_id)
        await notes.sign(house.context, me.specialist, appointment_id, Draft(plan="Monthly.", objective="Calm."))
        await page.get_by_label("Objective").fill("Calm.")
        await page.get_by_label("Plan").fill("Daily.")
        await page.get_by_role("button", name="Sign", exact=True).click()
        await page.locator("#unsaved", has_text="Daily.").wait_for()
        assert "Calm." not in await page.locator("#unsaved").inner_text()
        assert "Monthly." in await page.locator("#version-1").inner_text()
        assert not scripts or await faults(page) == []
    assert await plans(house, me, appointment_id) == ["Monthly."]


async def test_the_draft_of_a_cancelled_appointment_can_be_read(house: RunningHouse) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    appointment_id = await booked(house, patient, me, soon(house) + timedelta(days=3))
    await notes.save_draft(house.context, me.specialist, appointment_id, Draft(plan="Weekly."))
    await cancelling.cancel(house.context, patient, appointment_id, CancelAppointment(key=uuid4().hex, fee=0))
    here = f"/appointments/{appointment_id}/note"
    async with at_pages(house, me) as visitor:
        page = await visitor.get(here)
        assert "Weekly." in page.text.split('id="draft"')[1]
        assert "<textarea" not in page.text
        refused = await visitor.post(here, plan="Daily.", revision=notes.revision_of(Draft(plan="Weekly.").body))
        assert refused.status_code == 409
        assert NotInThisState.title in refused.text
        assert "Daily." in refused.text.split('id="unsaved"')[1].split("</section>")[0]
    assert await plans(house, me, appointment_id) == ["Weekly."]
