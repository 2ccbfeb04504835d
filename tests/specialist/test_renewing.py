"""The page from which a call is begun, while news of the appointment comes in."""

from dataclasses import replace
from datetime import timedelta

from playwright.async_api import Browser, Page, Route

from domain.actors import Engine
from domain.refusals import PatientElsewhere
from models.announcements import announce
from tests.access.things import staff_person
from tests.fixtures.browser import fresh_context
from tests.fixtures.house import SPECIALISTS, RunningHouse
from tests.specialist.arranged import NUMBER, Arranged, arranged
from tests.specialist.people import Colleague
from tests.specialist.test_pages import signed_in
from usecases.patient import preferences
from usecases.patient.preferences import SavePreferences
from usecases.specialist import assistance
from usecases.specialist.assistance import LetAssist

PLACE = "#f-jurisdiction"
REFUSED_MS = 30_000


async def test_what_was_refused_stays_on_its_page(house: RunningHouse, browser: Browser) -> None:
    """The answer to a form stands under the form's address, which nobody can fetch."""
    call = await arranged(house)
    here = house.address(SPECIALISTS) + f"/appointments/{call.id}"
    async with fresh_context(browser) as (context, _):
        page = await signed_in(house, context, call.me)
        await page.goto(here)
        await page.locator(PLACE).select_option("US-CA")
        await page.get_by_role("button", name="The patient is there: begin").click()
        await page.locator(".summary").get_by_text(PatientElsewhere.title).wait_for()
        await hears(call, page)
        assert page.url == here
        assert await page.locator(".summary").get_by_text(PatientElsewhere.title).is_visible()
        assert await page.get_by_role("button", name="The patient is there: begin").is_visible()
        assert await page.locator(PLACE).input_value() == "US-CA"


async def test_the_place_that_was_chosen_stays_chosen(house: RunningHouse, browser: Browser) -> None:
    call = await arranged(house)
    async with fresh_context(browser) as (context, _):
        page = await signed_in(house, context, call.me)
        await page.goto(house.address(SPECIALISTS) + f"/appointments/{call.id}")
        await page.locator(PLACE).select_option("US-CA")
        await page.locator(PLACE).blur()
        await hears(call, page)
        assert await page.locator(PLACE).input_value() == "US-CA"


async def test_who_reads_along_hears_the_news_too(house: RunningHouse, browser: Browser) -> None:
    """Refused, their page would load itself anew every half minute."""
    call = await arranged(house)
    helper = await staff_person(house, call.patient.organization_id)
    until = house.context.now() + timedelta(days=1)
    let = LetAssist.model_validate({"email": helper.email, "role": "supervisor", "until": until})
    await assistance.let_assist(house.context, call.me.specialist, let)
    along = Colleague(helper.email, replace(call.me.specialist, person_id=helper.id))
    async with fresh_context(browser) as (context, _):
        page = await signed_in(house, context, along)
        await page.goto(house.address(SPECIALISTS) + f"/appointments/{call.id}")
        await hears(call, page)


async def test_a_page_whose_news_is_refused_looks_again_and_loses_nothing(
    house: RunningHouse, browser: Browser
) -> None:
    """As to somebody of a role that reads the page and hears no news."""
    call = await arranged(house)
    async with fresh_context(browser) as (context, _):
        page = await signed_in(house, context, call.me)
        await page.clock.install()
        await page.route("**/events", refused)
        async with page.expect_response("**/events"):
            await page.goto(house.address(SPECIALISTS) + f"/appointments/{call.id}")
        await page.locator(PLACE).select_option("US-CA")
        await page.locator(PLACE).blur()
        for _again in range(2):
            await page.locator("#state").evaluate("state => { state.dataset.old = 'yes' }")
            async with page.expect_response("**/events"):
                await page.clock.fast_forward(REFUSED_MS)
            await page.locator("#state:not([data-old])").wait_for()
            assert await page.locator(PLACE).input_value() == "US-CA"


async def refused(route: Route) -> None:
    await route.fulfill(status=403)


async def test_a_new_number_reaches_whoever_is_about_to_call(house: RunningHouse, browser: Browser) -> None:
    call = await arranged(house, phone="")
    async with fresh_context(browser) as (context, _):
        page = await signed_in(house, context, call.me)
        await page.goto(house.address(SPECIALISTS) + f"/appointments/{call.id}")
        await page.get_by_text("We do not know the patient's phone number.").wait_for()
        await hears(call, page)
        await preferences.save(house.context, call.patient, SavePreferences(locale="en", phone=NUMBER))
        await page.get_by_role("link", name=NUMBER).wait_for()


async def hears(call: Arranged, page: Page) -> None:
    """News comes, and the page has renewed itself."""
    await page.locator("#state").evaluate("state => { state.dataset.old = 'yes' }")
    async with call.house.database.transaction(Engine(call.patient.organization_id)) as session:
        await announce(session, ("appointment", call.id))
    await page.locator("#state:not([data-old])").wait_for()
