"""What a refusal says, in the reader's language, and vendors' callbacks behind a proxy."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlmodel import col, update
from twilio.request_validator import RequestValidator

from domain.actors import House
from models import Person
from tests.access.callers import HOSTS
from tests.access.world import World
from tests.fixtures.house import AURORA, free_port, serving
from tests.fixtures.http import http_client
from tests.patient.people import newcomer, session_of
from tests.web.knocking import host_header

COUNTED: Counter[str] = Counter()
NOT_SIGNED_IN = {
    "en": ("You are not signed in.", "Sign in and try again."),
    "de": ("Sie sind nicht angemeldet.", ""),
    "ar": ("", ""),
}


@pytest.mark.parametrize("host", HOSTS.values())
@pytest.mark.parametrize(
    ("accepted", "lang"),
    [("", "en"), ("de", "de"), ("de-AT,en;q=0.5", "de"), ("ar-EG", "ar"), ("fr, ar;q=0.2", "ar"), ("xx", "en")],
)
async def test_a_json_door_speaks_the_language_asked_for(world: World, host: str, accepted: str, lang: str) -> None:
    headers = {"host": host_header(world, host), "accept-language": accepted}
    answer = await world.client.get("/api/seats", headers=headers)
    title, detail = NOT_SIGNED_IN[lang]
    assert (answer.status_code, answer.headers["content-language"]) == (401, lang)
    assert answer.json()["type"] == "NotSignedIn"
    assert title in answer.json()["title"]
    assert detail in answer.json()["detail"]
    assert (answer.json()["title"] == NOT_SIGNED_IN["en"][0]) == (lang == "en")
    COUNTED["words"] += 1


@pytest.mark.parametrize("locale", ["en", "de", "ar"])
async def test_without_a_wish_it_is_the_person_s_own(world: World, locale: str) -> None:
    who = await newcomer(world.house, AURORA)
    async with world.house.database.transaction(House()) as session:
        mine = update(Person).where(col(Person.id) == who.patient.person_id)
        await session.execute(mine.values(locale=locale))
    bearer = (await session_of(world.house, who, "bearer")).token
    base = {"host": host_header(world, AURORA), "authorization": f"Bearer {bearer}"}
    address = f"http://127.0.0.1:{world.house.settings.port}/api/journeys/{uuid4()}/why"
    plain = httpx.Request("GET", address, headers=base)
    answer = await world.client.send(plain)
    assert (answer.status_code, answer.headers["content-language"]) == (404, locale)
    COUNTED["words"] += 1


@dataclass(frozen=True)
class Reading:
    """Somebody signed in at a door who reads German and whose program names no language."""

    world: World
    base: dict[str, str]

    async def ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        headers = self.base | sent.pop("headers", {})
        address = f"http://127.0.0.1:{self.world.house.settings.port}/api{path}"
        return await self.world.client.send(httpx.Request(method, address, headers=headers, **sent))


@pytest_asyncio.fixture
async def german(world: World) -> Reading:
    who = await newcomer(world.house, AURORA)
    async with world.house.database.transaction(House()) as session:
        mine = update(Person).where(col(Person.id) == who.patient.person_id)
        await session.execute(mine.values(locale="de"))
    bearer = (await session_of(world.house, who, "bearer")).token
    return Reading(world, {"host": host_header(world, AURORA), "authorization": f"Bearer {bearer}"})


async def test_every_mistake_is_named_by_its_place_in_the_reader_s_words(german: Reading) -> None:
    query = await german.ask("GET", "/specialists?within=soon")
    assert (query.status_code, query.json()["errors"]) == (422, {"within": "Geben Sie eine ganze Zahl ein."})
    sent = {"answers": {"phq9.1": {"no": "text"}}, "born": "1990-01-01"}
    body = await german.ask("PUT", f"/journeys/{uuid4()}/form", json=sent)
    assert (body.status_code, body.json()["type"]) == (422, "InvalidInput")
    assert body.json()["errors"].keys() == {"answers.phq9.1", "born"}
    assert "form" not in body.json()["detail"].lower()


async def test_what_is_no_json_is_one_clear_refusal(german: Reading) -> None:
    as_json = {"content-type": "application/json"}
    answer = await german.ask("PUT", f"/journeys/{uuid4()}/form", content=b'{"answers": ', headers=as_json)
    assert (answer.status_code, answer.headers["content-language"]) == (422, "de")
    assert answer.json()["type"] == "Unreadable"
    assert "errors" not in answer.json()


@pytest.mark.parametrize(("method", "path", "status", "name"), [
    ("PATCH", "/seats", 405, "WrongMethod"), ("GET", "/nowhere", 404, "NotFound"),
])  # fmt: skip
async def test_what_the_framework_refuses_is_a_refusal_of_ours(
    german: Reading, method: str, path: str, status: int, name: str
) -> None:
    answer = await german.ask(method, path)
    told = answer.json()
    assert (answer.status_code, told["status"], told["type"]) == (status, status, name)
    assert answer.headers["content-language"] == "de"
    assert ("allow" in answer.headers) == (status == 405)
    assert told["title"] in ("Hier ist nichts.", "Diese Adresse kann das nicht.")


async def test_a_callback_is_verified_by_the_address_the_vendor_was_told(world: World) -> None:
    """In front of us stands a proxy: the vendor signs its address, and we only see our own."""
    told = "https://hooks.example/base"
    settings = world.house.settings.model_copy(update={"port": free_port(), "callback_url": f"{told}/"})
    form = {"MessageSid": "SM" + uuid4().hex, "MessageStatus": "delivered", "To": "+16175550142"}
    signer, path = RequestValidator(settings.twilio_token.get_secret_value()), f"/webhooks/twilio?reference={uuid4()}"
    async with serving(settings), http_client(base_url=f"http://127.0.0.1:{settings.port}") as vendor:
        for address, status in ((f"{told}{path}", 204), (f"http://127.0.0.1:{settings.port}{path}", 400)):
            signature = signer.compute_signature(address, form)
            answer = await vendor.post(path, data=form, headers={"x-twilio-signature": signature})
            assert answer.status_code == status, address
            COUNTED["callbacks"] += 1


def test_how_many_words(record_property: Callable[[str, object], None]) -> None:
    record_property("words", f"{COUNTED['words']} refusals in three languages, {COUNTED['callbacks']} callbacks")
    assert COUNTED["words"] == 4 * 6 + 3
    assert COUNTED["callbacks"] == 2
