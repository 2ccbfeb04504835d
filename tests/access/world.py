"""Everybody who may knock at an endpoint, one of everything somebody may own, and how a request is put together."""

import inspect
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import httpx
from pydantic import BaseModel
from sqlmodel import select

from domain.access.permissions import Portal
from domain.actors import House
from handbook.endpoints import Endpoint, callees, endpoints
from models import Appointment, Organization
from tests.access.callers import HOSTS, Caller, callers, knocking
from tests.access.specimens import body
from tests.access.things import Owned, Things, owned, room_token, staff_person
from tests.fixtures.house import AURORA, MARIGOLD, SANA, RunningHouse
from usecases.views import Command

COUNTED: Counter[str] = Counter()
OTHERS = {
    "other person": (AURORA, "northlight"),
    "other brand": (SANA, "northlight"),
    "other tenant": (MARIGOLD, "lindenhof"),
}
"""How foreign things may be to somebody of Aurora: the brand they are at, and its organization."""


@dataclass(frozen=True)
class World:
    """`own` belongs to the callers; `others` by how foreign they are."""

    house: RunningHouse
    own: Owned
    others: dict[str, Owned]
    callers: dict[tuple[Portal, str], Caller]
    client: httpx.AsyncClient

    async def knock(self, endpoint: Endpoint, caller: Caller, things: Things) -> httpx.Response:
        """The answer; of a stream only how it begins."""
        COUNTED["requests"] += 1
        command, as_json = command_of(endpoint)
        sent = body(endpoint.portal, command, things) if command else {}
        options = caller.request(endpoint.is_json, sent if endpoint.method != "GET" else None, as_json)
        options["headers"]["host"] = f"{HOSTS[endpoint.portal]}:{self.house.settings.port}"
        request = self.client.build_request(endpoint.method, path_of(endpoint, things), **options)
        answer = await self.client.send(request, stream=True)
        if "event-stream" not in answer.headers.get("content-type", ""):
            await answer.aread()
        await answer.aclose()
        return answer

    async def things_for(self, caller: Caller, of: Owned) -> Things:
        """With the room token this caller would have been given."""
        if caller.person_id is None or of is not self.own:
            return of.things
        async with self.house.database.transaction(of.patient) as session:
            row = await session.get_one(Appointment, of.things.appointment_id)
        return replace(of.things, token=room_token(self.house, row, caller.person_id))


@asynccontextmanager
async def living(house: RunningHouse) -> AsyncIterator[World]:
    async with house.database.transaction(House()) as session:
        found = {row.key: row.id for row in await session.scalars(select(Organization))}
    staff = {key: (await staff_person(house, found[key], "owner")).id for key in ("northlight", "lindenhof")}
    own = await owned(house, AURORA, "northlight", staff["northlight"])
    others = {name: await owned(house, host, key, staff[key]) for name, (host, key) in OTHERS.items()}
    async with knocking(house) as client:
        yield World(house, own, others, await callers(house, own), client)


def path_of(endpoint: Endpoint, things: Things) -> str:
    def value(found: re.Match[str]) -> str:
        assert hasattr(things, found[1]), (
            f"{endpoint} names {{{found[1]}}}, which no test owns: add it to Things in tests/access/things.py"
        )
        return str(getattr(things, found[1]))

    path = re.sub(r"\{(\w+)\}", value, endpoint.path)
    return path + ("?peer=specimen-peer" if path.endswith("/signals") else "")


def command_of(endpoint: Endpoint) -> tuple[type[BaseModel] | None, bool]:
    """What the endpoint's body becomes, and whether it is sent as JSON; pages hand a form to `command`."""
    for parameter in inspect.signature(endpoint.call).parameters.values():
        if inspect.isclass(parameter.annotation) and issubclass(parameter.annotation, Command):
            return parameter.annotation, True
    for call in (endpoint.call, *(callee for callee, _ in callees(endpoint.call))):
        if read := re.search(r"await command\(request, (\w+)", inspect.getsource(call)):
            found: type[BaseModel] = inspect.unwrap(call).__globals__[read[1]]
            return found, False
    return None, endpoint.is_json


def asked(portal: Portal) -> list[Endpoint]:
    """Reading before doing, so that what is done spoils nothing that is read."""
    mine = [each for each in endpoints() if each.portal == portal and each.permissions]
    return sorted(mine, key=lambda each: (each.method != "GET", each.method == "DELETE"))


def is_foreign(endpoint: Endpoint, relation: str) -> bool:
    """What everybody of an organization shares is foreign only to other tenants; a brand's public things to no one."""
    names = set(re.findall(r"\{(\w+)\}", endpoint.path))
    if endpoint.portal == "organization":
        shared = names <= {"key", "version"} or endpoint.path.endswith("/roles/{role}")
        return relation == "other tenant" and not shared
    public = names <= {"specialist_id"} or names <= {"payment_method"}
    return not public
