"""What staff type stays where it is when their session has ended meanwhile, and what they send shows at once."""

from uuid import uuid4

import pytest
from playwright.async_api import Browser

from portals.core.door import SESSION_COOKIE
from tests.fixtures.browser import axe
from tests.fixtures.house import AURORA, SPECIALISTS, RunningHouse
from tests.identity.browsing import at, browsing
from tests.identity.people import Somebody, member
from tests.payments.parked import parked
from tests.specialist.people import new_specialist
from tests.usecases.steps import new_patient
from usecases.identity.doors import Door

FORMS = [
    ("/people", "/staff/invitations", "given_name"),
    ("/roles", "/roles", "title"),
    ("/roles", "/loans", "reason"),
    ("/patients/{patient}", "/patients/{patient}/guardians", "relation"),
    ("/patients/{patient}/record", "/patients/{patient}/glass", "reason"),
    ("/payments/{refund}", "/payments/{refund}/settlement", "reference"),
]


async def interrupted(house: RunningHouse, browser: Browser, who: Somebody, path: str, action: str, name: str) -> None:
    """Types into `name` of the form that is sent to `action`, loses the session, and presses the form's button."""
    async with browsing(house, browser, who) as page:
        await page.goto(at(house, who, path))
        form = page.locator(f"form[action^='{action}']:has([name='{name}'])")
        await form.evaluate("form => form.closest('details')?.setAttribute('open', '')")
        await form.locator(f"[name='{name}']").fill("Typed at length")
        await page.context.clear_cookies(name=SESSION_COOKIE)
        await form.locator("button").click()
        await page.locator(".refusal:focus", has_text="You are signed out.").wait_for()
        assert await form.locator(f"[name='{name}']").input_value() == "Typed at length"
        assert page.url == at(house, who, path)


@pytest.mark.parametrize(("path", "action", "name"), FORMS)
async def test_a_session_that_ends_meanwhile_takes_nothing_that_staff_typed(
    house: RunningHouse, browser: Browser, path: str, action: str, name: str
) -> None:
    who = await member(house, "owner", "compliance", "support")
    seen = {"patient": (await new_patient(house, AURORA)).patient_id, "refund": ""}
    if "{refund}" in path:
        seen["refund"] = (await parked(house)).refund_id
    await interrupted(house, browser, who, path.format(**seen), action.format(**seen), name)


@pytest.mark.parametrize(("path", "name"), [("/week", "label"), ("/profile", "email")])
async def test_nor_what_a_specialist_typed(house: RunningHouse, browser: Browser, path: str, name: str) -> None:
    me = await new_specialist(house)
    action = {"/week": "/week/exceptions", "/profile": "/profile/assistances"}[path]
    who = Somebody(SPECIALISTS, me.email, Door("specialist"), me.specialist.person_id)
    await interrupted(house, browser, who, path, action, name)


async def test_what_is_sent_shows_at_once_and_empties_its_form(house: RunningHouse, browser: Browser) -> None:
    who = await member(house, "owner")
    address = f"{uuid4().hex}@staff.example"
    async with browsing(house, browser, who) as page:
        await page.goto(at(house, who, "/people"))
        await page.evaluate("window.same = true")
        await page.get_by_text("Invite somebody").click()
        for name, value in (("given_name", "Kim"), ("family_name", "Okoro"), ("email", address)):
            await page.locator(f"#f-{name}").fill(value)
        await page.locator("#f-roles").select_option("support")
        await page.get_by_role("button", name="Send the invitation").click()
        await page.locator("main:focus .flash", has_text="on its way").wait_for()
        assert await page.get_by_text(address).count() == 1
        assert await page.locator("#f-email").input_value() == ""
        assert await page.evaluate("window.same")
        assert await axe(page) == []
