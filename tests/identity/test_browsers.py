"""Each way to sign in, as a person does it in a browser."""

from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page

from domain.actors import Operator
from models import Passkey
from portals.core.door import SESSION_COOKIE
from tests.fixtures.browser import axe, fresh_context
from tests.fixtures.house import AURORA, ORGANIZATIONS, RunningHouse
from tests.fixtures.mailbox import link_for
from tests.identity.browsing import at, browsing, cookies, device, make_passkey
from tests.identity.people import (
    OTHER,
    PASSWORD,
    Somebody,
    code_at,
    count,
    half_a_minute_later,
    long_ago,
    member,
    patient,
)
from tests.identity.test_links import organization_id
from usecases.identity.invitations import Invite, invite

RESEND = """async form => {
  const answer = await fetch('/sign-in/passkey', { method: 'POST', body: new URLSearchParams(form) });
  return [answer.status, await answer.text()];
}"""


async def type_password(page: Page, who: Somebody) -> None:
    await page.fill("[name=email]", who.email)
    await page.fill("[name=password]", PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.parametrize("host", [AURORA, ORGANIZATIONS])
async def test_a_passkey_is_made_and_signs_in_alone(house: RunningHouse, browser: Browser, host: str) -> None:
    who = await (patient(house) if host == AURORA else member(house, "owner"))
    async with browsing(house, browser, who) as page:
        await device(page)
        await page.goto(at(house, who, "/security"))
        await page.get_by_role("link", name="Add a passkey").click()
        await page.get_by_label("Name").fill("My phone")
        await page.get_by_role("button", name="Make the passkey").click()
        await page.get_by_text("We show them only now").wait_for()
        assert await page.locator("#codes li").count() == 10
        assert await link_for(house, who.email) == at(house, who, "/security")
        assert await axe(page) == []
        await page.get_by_role("link", name="I have kept them").click()
        await page.get_by_text("My phone").wait_for()
        await page.locator(".menu summary").click()
        await page.locator(".menu-panel button").click()
        await page.get_by_role("button", name="Sign in with a passkey").click()
        await page.wait_for_url(at(house, who, "/"))
        await page.goto(at(house, who, "/security"))
        await page.get_by_text("last used").first.wait_for()
        await long_ago(house, who)
        await page.get_by_role("link", name="Add a passkey").click()
        await page.wait_for_url("**/confirm-it-is-you**")
        await page.get_by_role("button", name="Use your passkey").click()
        await page.get_by_role("heading", name="A new passkey").wait_for()
        await page.goto(at(house, who, "/security"))
        await page.get_by_role("link", name="Change My phone").click()
        await page.get_by_label("Name").fill("Old phone")
        await page.get_by_role("button", name="Save").click()
        await page.get_by_role("link", name="Change Old phone").click()
        await page.get_by_text("Remove this passkey").click()
        await page.get_by_role("button", name="Remove", exact=True).click()
        await page.get_by_text("The passkey is removed").wait_for()
    assert await count(house, Passkey, who) == 0


async def test_a_passkey_completes_a_sign_in_with_a_password(house: RunningHouse, browser: Browser) -> None:
    who = await member(house, "care-coordinator")
    async with browsing(house, browser, who) as page:
        await device(page)
        await make_passkey(house, page, who)
        await page.context.clear_cookies(name=SESSION_COOKIE)
        await page.goto(at(house, who, "/sign-in?next=/tasks"))
        await type_password(page, who)
        await page.wait_for_url("**/sign-in/second-step?next=/tasks")
        await page.get_by_role("button", name="Use your passkey").click()
        await page.wait_for_url(at(house, who, "/tasks"))


async def test_a_device_that_does_not_know_its_owner_opens_nothing(house: RunningHouse, browser: Browser) -> None:
    who = await member(house, "care-coordinator")
    async with browsing(house, browser, who) as page:
        await device(page, verified=False)
        await page.goto(at(house, who, "/security/passkeys/new"))
        await page.get_by_label("Name").fill("My phone")
        await page.get_by_role("button", name="Make the passkey").click()
        await page.get_by_text("That did not work.").wait_for()
    assert await count(house, Passkey, who) == 0


async def test_an_answer_is_taken_once_and_only_here(house: RunningHouse, browser: Browser) -> None:
    """The same answer again, or in another browser, or at another person's step-up, opens nothing."""
    who, other = await patient(house), await patient(house)
    async with browsing(house, browser, who) as page:
        await device(page)
        await make_passkey(house, page, who)
        await page.context.clear_cookies(name=SESSION_COOKIE)
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None)
        await page.goto(at(house, who, "/sign-in"))
        await page.get_by_role("button", name="Sign in with a passkey").click()
        await page.locator(".menu summary").wait_for()
        (form,) = sent
        await page.context.clear_cookies(name=SESSION_COOKIE)
        await page.goto(at(house, who, "/sign-in"))
        status, text = await page.evaluate(RESEND, form)
        assert status == 401
        assert "This passkey does not open this door" in text
        await cookies(house, page.context, other, True, "en")
        await page.goto(at(house, who, "/confirm-it-is-you"))
        await long_ago(house, other)
        assert await page.get_by_role("button", name="Use your passkey").count() == 0
    assert await count(house, Passkey, who) == 1


async def test_a_code_from_the_app(house: RunningHouse, browser: Browser) -> None:
    who = await member(house, "owner")
    async with browsing(house, browser, who) as page:
        await page.goto(at(house, who, "/security"))
        await page.get_by_role("link", name="Set up an app").click()
        secret = await page.locator(".secret").inner_text()
        await page.get_by_role("textbox", name="Code").fill(code_at(secret, house.context.now()))
        await page.get_by_role("button", name="Set up").click()
        codes = await page.locator("#codes li").all_inner_texts()
        await page.context.clear_cookies(name=SESSION_COOKIE)
        await half_a_minute_later(house, who)
        await page.goto(at(house, who, "/sign-in"))
        await type_password(page, who)
        await page.get_by_role("textbox", name="Code").fill("000000")
        await page.get_by_role("button", name="Go on").click()
        await page.locator(".summary:focus").wait_for()
        await page.get_by_role("textbox", name="Code").fill(code_at(secret, house.context.now()))
        await page.get_by_role("button", name="Go on").click()
        await page.locator(".menu summary").wait_for()
        await page.context.clear_cookies(name=SESSION_COOKIE)
        await page.goto(at(house, who, "/sign-in"))
        await type_password(page, who)
        await page.get_by_role("textbox", name="Code").fill(codes[0].lower())
        await page.get_by_role("button", name="Go on").click()
        await page.locator(".menu summary").wait_for()
        await page.goto(at(house, who, "/security"))
        await page.get_by_text("9 codes are left.").wait_for()


@pytest.mark.parametrize("scripts", [True, False])
async def test_an_invitation_is_accepted(house: RunningHouse, browser: Browser, scripts: bool) -> None:
    owner, email = await member(house, "owner"), f"{uuid4().hex}@staff.example"
    operator = Operator(await organization_id(house), owner.person_id, frozenset({"owner"}))
    await invite(house.context, operator, Invite(email=email, given_name="Kim", family_name="Oko", roles=("finance",)))
    async with fresh_context(browser, java_script_enabled=scripts) as (context, _):
        page = await context.new_page()
        await page.goto(await link_for(house, email))
        await page.get_by_text("Northlight Health invites you to work together.").wait_for()
        await page.get_by_label("Choose a password").fill("password123")
        await page.get_by_role("button", name="Accept").click()
        await page.locator(".summary").wait_for()
        await page.get_by_label("Choose a password").fill(OTHER)
        await page.get_by_role("button", name="Accept").click()
        await page.wait_for_url("**/sign-in")
        await page.fill("[name=email]", email)
        await page.fill("[name=password]", OTHER)
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await page.locator(".menu summary").wait_for()
