"""A consent that becomes required after somebody has booked: every page on the way leads to it, and back."""

from collections.abc import AsyncIterator
from hashlib import sha256
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import delete, select
from sqlmodel import col

from domain.actors import House
from domain.refusals import ConsentMissing
from models import Appointment, Brand, ConsentText
from tests.fixtures.house import MARIGOLD, RunningHouse, Visitor
from tests.patient import way
from tests.patient.people import CONSENTS, links, newcomer, rows_of, signed_in
from tests.patient.test_session import at_session
from tests.specialist.people import booked, new_specialist

KIND = "recording"
WAY = "Lesen und einwilligen"
TITLE, BODY = "Aufzeichnung", "Es wird nichts aufgezeichnet."


@pytest_asyncio.fixture
async def publish(house: RunningHouse) -> AsyncIterator["Publish"]:
    made = Publish(house)
    yield made
    async with house.database.transaction(House()) as session:
        await session.execute(delete(ConsentText).where(col(ConsentText.kind) == KIND))


class Publish:
    """Publishes the text from now on; it is taken back after the test."""

    def __init__(self, house: RunningHouse) -> None:
        self.house = house

    async def __call__(self, version: int = 1, *, required: bool = True) -> None:
        async with self.house.database.transaction(House()) as session:
            brand = (await session.scalars(select(Brand).where(col(Brand.host) == MARIGOLD))).one()
            text = ConsentText(
                organization_id=brand.organization_id,
                kind=KIND,
                locale="de",
                version=version,
                title=TITLE,
                body=BODY,
                body_hash=sha256(BODY.encode()).hexdigest(),
                required=required,
            )
            session.add(text)


async def consenting(visitor: Visitor, page: httpx.Response) -> httpx.Response:
    """One click from `page` to the text; consents there, and is where that leads."""
    assert WAY in page.text
    there = links(page, "/consents?")[0]
    text = await visitor.get(there)
    assert TITLE in text.text
    return await visitor.post(there, kinds=[KIND])


async def test_the_home_and_the_appointment_ask_for_it_long_before(house: RunningHouse, publish: Publish) -> None:
    who = await newcomer(house, MARIGOLD)
    async with signed_in(house, who) as visitor:
        here = await way.booked(house, visitor)
        assert not links(await visitor.get(here), "/consents?")
        await publish()
        home = await visitor.get("/")
        assert home.text.index(WAY) < home.text.index('id="next"')
        assert links(home, "/consents?") == ["/consents?next=/"]
        asked = await visitor.get(here)
        given = await consenting(visitor, asked)
        assert (given.status_code, given.headers["location"]) == (303, here)
        for page in (here, "/"):
            assert not links(await visitor.get(page), "/consents?")


async def test_paying_leads_to_it_and_back(house: RunningHouse, publish: Publish) -> None:
    who = await newcomer(house, MARIGOLD)
    async with signed_in(house, who) as visitor:
        await way.to_booking(visitor)
        page = await way.hold(visitor)
        here = page.url.path
        await publish()
        assert links(await visitor.get(here), "/consents?") == [f"/consents?next={here}"]
        sent = {"csrf": visitor.token, "key": uuid4().hex, "payment_method": "new"}
        refused = await visitor.send("POST", here, data=sent)
        assert (refused.status_code, ConsentMissing.title in refused.text) == (409, False)
        assert len(links(refused, "/consents?")) == 1
        given = await consenting(visitor, await visitor.get(here))
        assert given.headers["location"] == here
        paid = await way.pay(house, visitor, await visitor.get(here))
        assert paid.status_code == 200
    assert [row.status for row in await rows_of(house, who, Appointment)] == ["confirmed"]


async def test_the_room_leads_to_it_and_back(house: RunningHouse, publish: Publish) -> None:
    who, colleague = await newcomer(house, MARIGOLD), await new_specialist(house, "lindenhof")
    _, appointment_id = await at_session(house, who, colleague)
    room = f"/appointments/{appointment_id}/room"
    async with signed_in(house, who) as visitor:
        await publish()
        refused = await visitor.get(room)
        assert refused.status_code == 409
        assert links(refused, "/consents?") == [f"/consents?next={room}"]
        given = await consenting(visitor, refused)
        assert given.headers["location"] == room
        assert (await visitor.get(room)).status_code == 200


async def test_a_text_whose_newest_version_is_optional_shuts_nobody_out(house: RunningHouse, publish: Publish) -> None:
    who, colleague = await newcomer(house, MARIGOLD), await new_specialist(house, "lindenhof")
    _, appointment_id = await at_session(house, who, colleague)
    await publish()
    await publish(2, required=False)
    async with signed_in(house, who) as visitor:
        assert not links(await visitor.get("/"), "/consents?")
        assert (await visitor.get(f"/appointments/{appointment_id}/room")).status_code == 200


async def test_who_is_on_no_journey_is_asked_too(house: RunningHouse, publish: Publish) -> None:
    who, colleague = await newcomer(house, MARIGOLD), await new_specialist(house, "lindenhof")
    async with signed_in(house, who) as visitor:
        await visitor.get("/consents")
        await visitor.post("/consents", kinds=CONSENTS)
        await booked(house, who.patient, colleague)
        assert not links(await visitor.get("/"), "/consents?")
        await publish()
        given = await consenting(visitor, await visitor.get("/"))
        assert given.headers["location"] == "/"


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example"])
async def test_nobody_is_led_off_the_site(house: RunningHouse, elsewhere: str) -> None:
    who = await newcomer(house, MARIGOLD)
    async with signed_in(house, who) as visitor:
        page = await visitor.get("/consents", params={"next": elsewhere})
        assert 'action="/consents"' in page.text
        sent = {"csrf": visitor.token, "kinds": CONSENTS}
        given = await visitor.send("POST", "/consents", params={"next": elsewhere}, data=sent)
        assert given.headers["location"] == "/consents"
