"""Nothing that is typed into a note is lost: not signed out, not on leaving, not beside what came in between."""

from uuid import UUID

from playwright.async_api import Browser, Page

from portals.core.door import SESSION_COOKIE
from tests.fixtures.browser import fresh_context
from tests.fixtures.house import AURORA, SPECIALISTS, RunningHouse
from tests.specialist.people import Colleague, booked, new_specialist
from tests.specialist.test_pages import signed_in
from tests.usecases.steps import new_patient
from usecases.specialist import notes


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
