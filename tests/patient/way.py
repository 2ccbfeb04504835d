"""A patient's way at the pages, in short words."""

import re

import httpx

from tests.fixtures.house import RunningHouse, Visitor
from tests.patient.people import CONSENTS, answers, as_fields, hidden, links

CARD = "4242424242424242"


async def begin(visitor: Visitor) -> httpx.Response:
    home = await visitor.get("/")
    sent = await visitor.post("/journeys", program_id=hidden(home, "program_id"))
    return await visitor.follow(sent)


async def consent(visitor: Visitor) -> httpx.Response:
    await visitor.get("/consents")
    return await visitor.follow(await visitor.post("/consents", kinds=CONSENTS))


async def form_of(visitor: Visitor) -> str:
    """The address of the form the journey waits for."""
    return links(await visitor.get("/"), "/journeys/")[0]


async def answer(visitor: Visitor, **given: str) -> httpx.Response:
    form = await form_of(visitor)
    await visitor.get(form)
    return await visitor.follow(await visitor.post(form, then="send", **as_fields(answers(**given))))


async def to_booking(visitor: Visitor) -> None:
    await begin(visitor)
    await consent(visitor)
    await answer(visitor)


async def hold(visitor: Visitor, place: int = 3, week: int = 2) -> httpx.Response:
    """Hold one of the times of the specialist who is free first; ends on the page where it is paid."""
    found = await visitor.get("/specialists")
    return await _take(visitor, links(found, "/specialists/")[0], place, week)


async def hold_beside(visitor: Visitor, place: int = 4, week: int = 3) -> httpx.Response:
    """Hold a follow-up outside any journey; ends on the page where it is paid."""
    found = await visitor.get("/specialists?type=follow-up")
    return await _take(visitor, links(found, "/specialists/")[-1], place, week)


async def _take(visitor: Visitor, specialist: str, place: int, week: int) -> httpx.Response:
    """Other tests take times too: `place` counts round those that are left, from `week` on."""
    for ahead in range(week, week + 6):
        href = f"{specialist}&week={ahead}"
        times = await visitor.get(href)
        free = times_on(times)
        if free:
            names = [name for name in ("key", "appointment_type", "journey_id") if f'name="{name}"' in times.text]
            sent = {name: hidden(times, name) for name in names}
            return await visitor.follow(await visitor.post(href, **sent, start=free[place % len(free)]))
    raise AssertionError("no free time")


async def pay(house: RunningHouse, visitor: Visitor, page: httpx.Response, card: str = CARD) -> httpx.Response:
    """Type a new card on the vendor's page and come back."""
    here = page.url.path
    sent = await visitor.post(here, key=hidden(page, "key"), payment_method="new", save_card="true")
    assert sent.status_code == 303, sent.text
    await house.sandbox.pay(sent.headers["location"], card)
    return await visitor.follow(await visitor.get(here.replace("/pay", "/paid")))


async def booked(house: RunningHouse, visitor: Visitor, place: int = 3) -> str:
    """The address of an appointment that is paid for."""
    await to_booking(visitor)
    page = await pay(house, visitor, await hold(visitor, place))
    return str(page.url.path)


def times_on(page: httpx.Response) -> list[str]:
    """Every time the page offers, as its form sends it."""
    return re.findall(r'name="start" value="([^"]+)"', page.text)


def actions_on(page: httpx.Response) -> list[str]:
    """Where the page's forms lead."""
    return re.findall(r'action="([^"]+)"', page.text)
