"""What was begun is interrupted: a session ends, a held time goes; nothing typed is lost, and nothing private stays."""

from playwright.async_api import Browser

from models.patient import Consent
from portals.core.door import SESSION_COOKIE
from tests.fixtures.house import AURORA, RunningHouse
from tests.patient import way
from tests.patient.browsing import address, browsing
from tests.patient.people import hidden, newcomer, rows_of, signed_in
from usecases.patient.profile import profile


async def test_a_session_that_ends_meanwhile_takes_nothing_that_was_typed(
    house: RunningHouse, browser: Browser
) -> None:
    who = await newcomer(house, AURORA)
    async with browsing(house, browser, who) as page:
        await page.goto(address(house, who, "/profile"))
        await page.locator("#f-emergency_name").fill("Grace Example")
        await page.context.clear_cookies(name=SESSION_COOKIE)
        await page.get_by_role("button", name="Save").click()
        await page.locator(".refusal:focus", has_text="You are signed out.").wait_for()
        assert (await page.title()).startswith("You are signed out.")
        assert await page.locator("#f-emergency_name").input_value() == "Grace Example"
    assert (await profile(house.context, who.patient)).emergency_name != "Grace Example"


async def test_going_back_after_signing_out_shows_nothing(house: RunningHouse, browser: Browser) -> None:
    who = await newcomer(house, AURORA)
    async with browsing(house, browser, who) as page:
        await page.goto(address(house, who, "/profile"))
        await page.locator(".menu summary").click()
        await page.locator(".menu form button").click()
        await page.wait_for_url("**/sign-in")
        await page.go_back()
        await page.wait_for_url("**/sign-in?next=/profile")
        assert await page.locator("#f-family_name").count() == 0


async def test_whoever_is_about_to_pay_is_told_that_the_time_is_gone(house: RunningHouse, browser: Browser) -> None:
    """As of a hold that is over, or one that was given back in another window."""
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor, browsing(house, browser, who) as page:
        await way.to_booking(visitor)
        till = await way.hold(visitor)
        async with page.expect_response("**/events"):
            await page.goto(address(house, who, till.url.path))
        key = hidden(till, "key")
        await visitor.post(till.url.path.replace("/pay", "/cancel"), key=key, fee="0")
        await page.wait_for_url(address(house, who, till.url.path.removesuffix("/pay")))
        await page.get_by_text("You gave this time back before it was paid.").wait_for()


async def test_nor_what_was_agreed_to_without_being_sent(house: RunningHouse, browser: Browser) -> None:
    who = await newcomer(house, AURORA)
    async with browsing(house, browser, who) as page:
        await page.goto(address(house, who, "/consents"))
        await page.locator("[name=kinds]").first.check()
        await page.context.clear_cookies(name=SESSION_COOKIE)
        await page.get_by_role("button", name="Give my consent").click()
        await page.locator(".refusal:focus", has_text="You are signed out.").wait_for()
        assert await page.locator("[name=kinds]").first.is_checked()
    assert await rows_of(house, who, Consent) == []
