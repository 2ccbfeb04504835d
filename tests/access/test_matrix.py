"""Every endpoint of every door, called by every role for its own, another's, another tenant's and another brand's.

The expectation is the policy: whoever holds what an endpoint asks for is let in, everybody else is refused. Foreign
and absent things answer alike. Nothing here is listed by hand but valid bodies; an endpoint that is new is called too.
"""

import re
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
import pytest_asyncio

from domain.access.permissions import PORTALS, Portal
from domain.access.roles import ROLES
from handbook.endpoints import endpoints
from tests.access.callers import anonymous, caller_of, roles_of, suspended
from tests.access.specimens import also_needed
from tests.access.world import COUNTED, World, asked, is_foreign, living
from tests.fixtures.house import RunningHouse

REFUSED = (401, 403)


@pytest_asyncio.fixture(scope="module")
async def world(house: RunningHouse) -> AsyncIterator[World]:
    async with living(house) as made:
        yield made


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
