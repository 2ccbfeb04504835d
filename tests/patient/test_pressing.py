"""What cannot wait stands first on the start page, whether it is the journey's own step or not."""

from playwright.async_api import Browser

from models import Appointment
from tests.fixtures.browser import faults
from tests.fixtures.house import AURORA, RunningHouse
from tests.patient import way
from tests.patient.browsing import address, browsing
from tests.patient.people import CONSENTS, newcomer, rows_of, signed_in
from tests.patient.test_session import at_session
from tests.specialist.people import booked, new_specialist
from usecases.patient.home import home


async def test_a_session_that_is_open_beside_the_journey_comes_before_its_step(
    house: RunningHouse, browser: Browser
) -> None:
    who, colleague = await newcomer(house, AURORA), await new_specialist(house)
    async with signed_in(house, who) as visitor:
        await way.to_booking(visitor)
        now = await booked(house, who.patient, colleague)
        page = (await visitor.get("/")).text
        assert page.index(f'href="/appointments/{now}/room"') < page.index('id="next"')
    async with browsing(house, browser, who) as screen:
        await screen.goto(address(house, who))
        assert await faults(screen) == []


async def test_the_journey_s_own_session_is_said_once(house: RunningHouse) -> None:
    who, colleague = await newcomer(house, AURORA), await new_specialist(house)
    _, appointment_id = await at_session(house, who, colleague)
    async with signed_in(house, who) as visitor:
        page = (await visitor.get("/")).text
        assert page.count(f'href="/appointments/{appointment_id}/room"') == 1
        assert page.index('id="next"') < page.index(f'href="/appointments/{appointment_id}/room"')


async def test_a_time_held_beside_any_journey_says_until_when_and_leads_to_the_till(house: RunningHouse) -> None:
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor:
        await visitor.get("/consents")
        await visitor.post("/consents", kinds=CONSENTS)
        till = (await way.hold_beside(visitor)).url.path
        page = (await visitor.get("/")).text
        view = await home(house.context, who.patient, "en")
        assert view.journey is None
        assert page.index("is held for you until") < page.index(f'href="{till}"') < page.index("How would you like")
        assert (page.count(f'href="{till}"'), page.count("is held for you until")) == (1, 1)
        assert page.index("How would you like") < page.index(f'href="{till.removesuffix("/pay")}"')
        listed = (await visitor.get("/appointments")).text
        assert "This time is held for you until" in listed
        assert f'href="{till}"' in listed
    assert [row.status for row in await rows_of(house, who, Appointment)] == ["held"]
