"""Every endpoint of every door, called by every role for its own, another's, another tenant's and another brand's.

The expectation is the policy: whoever holds what an endpoint asks for is let in, everybody else is refused. Foreign
and absent things answer alike. Nothing here is listed by hand but valid bodies; an endpoint that is new is called too.
"""

import inspect
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

import httpx
import pytest
import pytest_asyncio
from pydantic import BaseModel
from sqlmodel import select

from domain.access.permissions import PORTALS, Portal
from domain.access.roles import ROLES
from domain.actors import House
from endpoints import Endpoint, callees, endpoints
from models import Appointment, Organization
from tests.access.callers import HOSTS, Caller, anonymous, caller_of, callers, knocking, roles_of, suspended
from tests.access.specimens import also_needed, body
from tests.access.things import Owned, Things, owned, room_token, staff_person
from tests.fixtures.house import AURORA, MARIGOLD, SANA, RunningHouse
from usecases.views import Command

REFUSED = (401, 403)
STREAMS = ("/events", "/signals")
COUNTED: Counter[str] = Counter()


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


@pytest_asyncio.fixture(scope="module")
async def world(house: RunningHouse) -> AsyncIterator[World]:
    async with house.database.transaction(House()) as session:
        found = {row.key: row.id for row in await session.scalars(select(Organization))}
    here = (await staff_person(house, found["northlight"], "owner")).id
    there = (await staff_person(house, found["lindenhof"], "owner")).id
    own = await owned(house, AURORA, "northlight", here)
    others = {
        "other person": await owned(house, AURORA, "northlight", here),
        "other brand": await owned(house, SANA, "northlight", here),
        "other tenant": await owned(house, MARIGOLD, "lindenhof", there),
    }
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


@pytest.mark.parametrize("portal", PORTALS)
async def test_nobody_unsigned_or_suspended_comes_in(world: World, portal: Portal) -> None:
    key = next(roles_of(portal))
    known = world.callers[portal, key]
    stranger = anonymous(known)
    closed = await suspended(world.house, await caller_of(world.house, known.role, world.others["other person"]))
    for endpoint in asked(portal):
        for caller in (stranger, closed):
            answer = await world.knock(endpoint, caller, world.own.things)
            expected = (401,) if endpoint.is_json else (303, 401, 403)
            assert answer.status_code in expected, f"{endpoint} let {caller.role.key} in without a sign-in"
            if answer.status_code == 303:
                assert answer.headers["location"].startswith("/sign-in"), endpoint
            COUNTED["pairs"] += 1


@pytest.mark.parametrize("portal", PORTALS)
async def test_foreign_and_absent_things_answer_alike(world: World, portal: Portal) -> None:
    """Also to whoever may do everything of the portal: the same status, the same words, the same size."""
    for key in roles_of(portal):
        caller = world.callers[portal, key]
        for endpoint in (each for each in asked(portal) if "{" in each.path):
            for relation, other in world.others.items():
                if not is_foreign(endpoint, relation):
                    continue
                foreign = await world.knock(endpoint, caller, other.things)
                absent = await world.knock(endpoint, caller, other.things.absent())
                said = f"{endpoint} as {key}, {relation}"
                assert foreign.status_code in (403, 404), said
                assert foreign.status_code == absent.status_code, said
                assert stripped(foreign) == stripped(absent), said
                COUNTED["pairs"] += 1


def is_foreign(endpoint: Endpoint, relation: str) -> bool:
    """What everybody of an organization shares is foreign only to other tenants; a brand's public things to no one."""
    names = set(re.findall(r"\{(\w+)\}", endpoint.path))
    if endpoint.portal == "organization":
        shared = names <= {"key", "version"} or endpoint.path.endswith("/roles/{role}")
        return relation == "other tenant" and not shared
    public = names <= {"specialist_id"} or names <= {"payment_method"}
    return not public


def stripped(answer: httpx.Response) -> str:
    """What is said, without what is new in every answer: tokens, nonces, the address itself."""
    text = re.sub(r'(name="csrf" value|nonce|action|href|data-\w+|value)="[^"]*"', "", answer.text)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", text)


@pytest.mark.parametrize("portal", PORTALS)
async def test_a_role_may_exactly_what_the_policy_says(world: World, portal: Portal) -> None:
    for endpoint in asked(portal):
        for key in roles_of(portal):
            caller = world.callers[portal, key]
            answer = await world.knock(endpoint, caller, await world.things_for(caller, world.own))
            allowed = endpoint.permissions | also_needed(endpoint) <= caller.role.permissions
            said = f"{endpoint} asks for {sorted(endpoint.permissions)} and answered {answer.status_code} to {key}"
            assert answer.status_code < 500, said
            assert (answer.status_code not in REFUSED) == allowed, said
            assert allowed or answer.status_code == 403, said
            COUNTED["pairs"] += 1


def test_every_endpoint_has_a_policy() -> None:
    silent = [str(each) for each in endpoints() if not each.permissions and not each.open_because]
    assert not silent, (
        f"{silent} ask for no permission, so anybody who is signed in may use them. Call a use case that begins with "
        "@needs(...), or put asks(...) among the endpoint's dependencies; names are in domain/access/permissions.py."
    )


def test_every_permission_is_asked_for_and_held_by_somebody() -> None:
    held = {(role.portal, name) for role in ROLES for name in role.permissions}
    assert all((each.portal, name) in held for each in endpoints() for name in each.permissions)


def test_how_much_was_called(record_property: Callable[[str, object], None]) -> None:
    said = f"{COUNTED['pairs']:,} pairs of endpoint and caller, {COUNTED['requests']:,} requests"
    record_property("access matrix", said)
    assert COUNTED["pairs"] > 1500, said
