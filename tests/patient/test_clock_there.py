"""Who comes to a place reads when it begins on the clock of that place; and what costs nothing is booked at once."""

from uuid import uuid4

import pytest

from domain.actors import House
from models import Person
from tests.fixtures.house import RunningHouse
from tests.patient.people import hidden, signed_in
from tests.specialist.arranged import Arranged, arranged
from tests.specialist.people import FREE, VISIT, at_pages, new_specialist
from tests.usecases.test_messages import messages_of, reminder

THERE = "On the clock there it begins at"


async def lives_by(house: RunningHouse, visit: Arranged, zone: str) -> str:
    """The patient's address."""
    async with house.database.transaction(House()) as session:
        person = await session.get_one(Person, visit.patient.person_id)
        person.time_zone = zone
        return person.email


@pytest.mark.parametrize(("zone", "said"), [("Asia/Kolkata", True), ("America/New_York", False)])
async def test_a_visit_says_its_time_on_the_clock_of_the_place(house: RunningHouse, zone: str, said: bool) -> None:
    visit = await arranged(house, VISIT)
    await lives_by(house, visit, zone)
    async with signed_in(house, visit.who) as visitor:
        for path in (f"/appointments/{visit.id}", "/"):
            page = (await visitor.get(path)).text
            assert "Beacon Street" in page
            assert (THERE in page, "Eastern" in page) == (said, said)


async def test_the_specialist_reads_the_same_clock(house: RunningHouse) -> None:
    visit = await arranged(house, VISIT)
    await lives_by(house, visit, "Asia/Kolkata")
    async with at_pages(house, visit.me) as visitor:
        page = (await visitor.get(f"/appointments/{visit.id}")).text
    assert ("(New York)" in page, "(Kolkata)" in page) == (True, False)


async def test_messages_about_a_visit_say_the_time_of_the_place(house: RunningHouse) -> None:
    visit = await arranged(house, VISIT)
    email = await lives_by(house, visit, "Asia/Kolkata")
    await messages_of(house).send_message(reminder(visit.patient, visit.id, house.context.now()))
    (text,) = await reminders_to(house, email)
    assert (" ES" in text or " ED" in text, "Kolkata" in text) == (True, False), text


async def reminders_to(house: RunningHouse, email: str) -> list[str]:
    mails = [mail for mail in await house.sandbox.seen("mails") if mail["to"] == email]
    return [mail["text"] for mail in mails if mail["subject"].startswith("Reminder")]


async def test_what_costs_nothing_is_booked_at_once_and_said_to_be(house: RunningHouse) -> None:
    visit = await arranged(house, FREE)
    me = await new_specialist(house)
    here = f"/specialists/{me.specialist.specialist_id}?type={FREE}&week=1"
    async with signed_in(house, visit.who) as visitor:
        page = await visitor.get(here)
        assert ("It costs nothing, and is booked at once." in page.text, "You pay in" in page.text) == (True, False)
        start = page.text.partition('name="start" value="')[2].partition('"')[0]
        done = await visitor.follow(
            await visitor.post(here, key=uuid4().hex, appointment_type=hidden(page, "appointment_type"), start=start)
        )
        assert ("Confirmed" in done.text) != ("It is being booked" in done.text), "whichever the engine was first at"
        for path in (str(done.url.path), "/", "/appointments"):
            shown = (await visitor.get(path)).text
            assert ("held for you" in shown, "Pay and book" in shown) == (False, False)
        paying = await visitor.get(f"{done.url.path}/pay")
        assert (paying.status_code, paying.headers["location"]) == (303, done.url.path)
