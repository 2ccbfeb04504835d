"""Every page of the patient portal: axe, no sideways scrolling; and the pictures of the documentation."""

import re

import pytest
from playwright.async_api import Browser

from domain.actors import House
from models import Person
from tests.fixtures.browser import faults
from tests.fixtures.house import AURORA, SANA, RunningHouse
from tests.fixtures.pictures import picture
from tests.patient import way
from tests.patient.browsing import address, browsing
from tests.patient.people import PHQ9, SOMETIMES, app_of, links, newcomer, signed_in


@pytest.mark.parametrize("lang", ["en", "ar"])
async def test_every_page_is_accessible(house: RunningHouse, browser: Browser, lang: str) -> None:
    who = await newcomer(house, SANA)
    async with (
        signed_in(house, who) as visitor,
        browsing(house, browser, who, lang) as page,
    ):

        async def look(*paths: str) -> None:
            for path in paths:
                await page.goto(address(house, who, path))
                assert await faults(page) == [], path

        await look("/", "/consents", "/profile", "/preferences", "/appointments", "/documents", "/payments")
        await look("/nothing-here")
        await way.begin(visitor)
        await way.consent(visitor)
        form = await way.form_of(visitor)
        await visitor.get(form)
        await visitor.post(form, then="later", **{f"q-{PHQ9[8]}": SOMETIMES})
        await look(form, "/consents")
        await way.answer(visitor)
        held = await way.hold(visitor, place=20)
        times = links(await visitor.get("/specialists"), "/specialists/")[0]
        await look("/", "/specialists", times, held.url.path)
        booked = (await way.pay(house, visitor, held)).url.path
        await page.wait_for_url(address(house, who, booked))
        receipt = links(await visitor.get("/payments"), "/payments/")[0]
        await look("/", booked, f"{booked}/move", f"{booked}/room", "/appointments", "/payments", receipt)


async def test_a_long_name_keeps_the_home_page_on_a_phone(house: RunningHouse, browser: Browser) -> None:
    who = await newcomer(house, AURORA)
    async with house.database.transaction(House()) as session:
        (await session.get_one(Person, who.patient.person_id)).given_name = "W" * 70
    async with browsing(house, browser, who, width=390) as page:
        await page.goto(address(house, who))
        assert await page.evaluate("() => document.documentElement.scrollWidth") <= 390


async def test_with_scripts_a_filter_replaces_what_was_found(house: RunningHouse, browser: Browser) -> None:
    who = await newcomer(house, AURORA)
    async with browsing(house, browser, who) as page:
        await page.goto(address(house, who, "/specialists"))
        before = await page.locator("#found .card").count()
        await page.select_option("[name=language]", "ar")
        await page.wait_for_function("() => location.search.includes('language=ar')")
        assert await page.locator("#found .card").count() < before


async def test_whose_words_they_are_keeps_its_direction_and_an_arrow_points_on(house: RunningHouse) -> None:
    who = await newcomer(house, SANA)
    async with signed_in(house, who) as visitor:
        begin = (await visitor.get("/")).text.split('action="/journeys"')[1].split("</form>")[0]
        assert 'class="icon flip"' in begin
        assert f"<dd><bdi>{who.email}</bdi></dd>" in (await visitor.get("/profile")).text
        await way.to_booking(visitor)
        await way.pay(house, visitor, await way.hold(visitor, place=40))
        receipt = await visitor.get(links(await visitor.get("/payments"), "/payments/")[0])
        assert re.search(r"<dd><bdi>[^<]+ \(", receipt.text)


async def test_the_home_page_follows_by_itself(house: RunningHouse, browser: Browser) -> None:
    who = await newcomer(house, AURORA)
    async with browsing(house, browser, who) as page, signed_in(house, who) as elsewhere:
        await page.goto(address(house, who))
        await page.locator("#program-nothing, .card-accent").first.wait_for()
        await page.wait_for_timeout(500)
        await way.begin(elsewhere)
        await page.locator("#path [data-state=current]").wait_for()


async def test_pictures_of_the_way(house: RunningHouse, browser: Browser) -> None:
    who, layla = await newcomer(house, AURORA), await newcomer(house, SANA)
    async with signed_in(house, who) as visitor, browsing(house, browser, who) as page:
        await way.begin(visitor)
        await way.consent(visitor)
        form = await way.form_of(visitor)
        await page.goto(address(house, who, form))
        await picture(page, "patient-questionnaire")
        await way.answer(visitor, others=SOMETIMES)
        await page.goto(address(house, who))
        await picture(page, "patient-home")
        await page.goto(address(house, who, "/specialists"))
        await picture(page, "patient-specialists")
        held = await way.hold(visitor, place=30)
        await page.goto(address(house, who, held.url.path))
        await picture(page, "patient-payment")
        await way.pay(house, visitor, held)
        await page.wait_for_url(address(house, who, held.url.path.removesuffix("/pay")))
        await picture(page, "patient-appointment", whole=True)
        async with app_of(house, who) as app:
            assert (await app.get("home")).json()["upcoming"]
    async with signed_in(house, layla) as visitor:
        await way.begin(visitor)
        await way.consent(visitor)
        await way.answer(visitor, item9=SOMETIMES)
    async with browsing(house, browser, layla, width=390, scheme="dark") as page:
        await page.goto(address(house, layla))
        await picture(page, "patient-home-arabic-phone")


async def test_the_summary_of_mistakes_names_the_fields(house: RunningHouse) -> None:
    async with house.visitor(SANA) as visitor:
        await visitor.get("/register")
        await visitor.post("/language", language="en", next="/register")
        page = await visitor.post("/register", given_name="", family_name="Vale", email="robin", password="")
    assert page.status_code == 422
    summary = page.text.split('class="summary"')[1].split("</div>")[0]
    assert re.findall(r'<a href="#f-(\w+)">([^<]+)</a>', summary) == [
        ("given_name", "Given name: Please fill this in."),
        ("email", "E-mail address: Enter an e-mail address, like name@example.org."),
        ("password", "Password: Please fill this in."),
    ]
