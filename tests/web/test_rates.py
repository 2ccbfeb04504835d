"""Nobody is served without measure: an address, a person, an organization, a room. And nobody pays for another."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from domain.refusals import TooManyRequests
from handbook.endpoints import MADE, endpoints
from portals.core.door import SESSION_COOKIE
from tests.access.callers import HOSTS, Caller
from tests.access.world import World
from tests.fixtures.house import MARIGOLD, free_port, serving
from tests.fixtures.http import http_client
from tests.patient.people import newcomer, session_of
from tests.web.knocking import STRONGEST
from usecases.identity.rate_limit import limit
from usecases.pace import MOST_REMEMBERED, Buckets

COUNTED: Counter[str] = Counter()
PERSON, ORGANIZATION, ADDRESS = 20, 60, 400


@pytest_asyncio.fixture(scope="module")
async def strict(world: World) -> AsyncIterator[int]:
    """The port of a second web process with low limits, on the same database."""
    low = {"requests_per_person": PERSON, "requests_per_organization": ORGANIZATION, "requests_per_address": ADDRESS}
    settings = world.house.settings.model_copy(update={"port": free_port(), **low})
    async with serving(settings):
        yield settings.port


@asynccontextmanager
async def from_address(port: int, host: str) -> AsyncIterator[httpx.AsyncClient]:
    """A machine of its own: uvicorn believes the proxy on this machine."""
    headers = {"host": f"{host}:{port}", "x-forwarded-for": f"2001:db8::{uuid4().hex[:4]}:{uuid4().hex[:4]}"}
    async with http_client(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
        yield client


def check_refusal(answer: httpx.Response) -> None:
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert "Wait" in answer.text
    assert "content-security-policy" in answer.headers
    COUNTED["refusals"] += 1


async def until_refused(client: httpx.AsyncClient, path: str, most: int = 4 * ADDRESS) -> httpx.Response:
    """A slow machine is given a request back between two of them."""
    for _ in range(most):
        answer = await client.get(path)
        if answer.status_code == 429:
            break
    return answer


async def test_a_noisy_tenant_is_not_heard_by_another(world: World, strict: int) -> None:
    """Six of one organization at once, until it is told to wait; somebody of another is served all the while."""
    house = world.house
    noisy = [await newcomer(house, MARIGOLD) for _ in range(6)]
    bearers = [(await session_of(house, each, "bearer")).token for each in noisy]
    other = world.callers["patient", "guardian"]
    statuses: Counter[int] = Counter()

    async def shout(token: str) -> None:
        async with from_address(strict, MARIGOLD) as client:
            for _ in range(PERSON):
                answer = await client.get("/api/seats", headers={"authorization": f"Bearer {token}"})
                statuses[answer.status_code] += 1

    async def whisper(caller: Caller) -> list[float]:
        taken = []
        async with from_address(strict, caller.host) as client:
            for _ in range(8):
                began = time.perf_counter()
                answer = await client.get("/api/seats", headers={"authorization": f"Bearer {caller.bearer}"})
                assert answer.status_code == 200
                taken.append(time.perf_counter() - began)
        return taken

    shouting = asyncio.gather(*(shout(token) for token in bearers))
    taken = await whisper(other)
    await shouting
    assert statuses[429] > 0
    assert statuses[200] >= ORGANIZATION
    assert set(statuses) == {200, 429}
    assert sorted(taken)[4] < 3.0
    COUNTED["shouts"] += sum(statuses.values())


@pytest.mark.parametrize("portal", HOSTS)
@pytest.mark.parametrize("json", [False, True])
async def test_one_person_at_every_door(world: World, strict: int, portal: str, json: bool) -> None:
    caller = next(each for (name, key), each in world.callers.items() if (name, key) == (portal, STRONGEST[name]))
    path = "/api/seats" if json else "/security"
    proof = {"authorization": f"Bearer {caller.bearer}"} if json else {"cookie": f"{SESSION_COOKIE}={caller.cookie}"}
    async with from_address(strict, caller.host) as client:
        answers = [await client.get(path, headers=proof) for _ in range(PERSON + 6)]
        while answers[-1].status_code != 429:
            answers.append(await client.get(path, headers=proof))
            assert len(answers) < 4 * PERSON
        check_refusal(answers[-1])
        assert (await client.get("/sign-in")).status_code == 200  # whoever is not known yet is not meant


async def test_one_address_before_anybody_is_known(strict: int) -> None:
    async with from_address(strict, MARIGOLD) as noisy, from_address(strict, MARIGOLD) as quiet:
        check_refusal(await until_refused(noisy, "/sign-in"))
        check_refusal(await until_refused(noisy, "/api/seats", most=20))
        assert (await noisy.get("/healthz")).status_code == 200
        assert (await quiet.get("/sign-in")).status_code == 200


def test_a_bucket_empties_and_fills() -> None:
    now = [0.0]
    buckets = Buckets(60, lambda: now[0])
    assert [buckets.wait("a") for _ in range(60)] == [0.0] * 60
    assert buckets.wait("a") == pytest.approx(1.0)
    assert buckets.wait("b") == 0.0
    now[0] = 0.5
    with pytest.raises(TooManyRequests) as told:
        buckets.take("a")
    assert told.value.wait == timedelta(seconds=0.5)
    now[0] = 1.0
    assert buckets.wait("a") == 0.0
    now[0] = 10_000.0
    assert [buckets.wait("a") for _ in range(61)][-1] > 0


def test_a_million_addresses_need_no_memory() -> None:
    buckets = Buckets(60)
    for number in range(2 * MOST_REMEMBERED):
        buckets.wait(str(number))
    assert len(buckets._known) == MOST_REMEMBERED


async def test_what_is_counted_in_the_database_says_when_to_come_again(world: World) -> None:
    who = uuid4().hex
    for _ in range(3):
        await limit(world.house.context, "specimen", who, 3, timedelta(minutes=10))
    with pytest.raises(TooManyRequests) as told:
        await limit(world.house.context, "specimen", who, 3, timedelta(minutes=10))
    assert timedelta(minutes=9) < told.value.wait <= timedelta(minutes=10)


def test_every_door_keeps_the_pace() -> None:
    """Each endpoint depends on what counts: JSON doors count in who they let in, portals before everything."""
    for mounted in MADE.values():
        names = {each.dependency.__name__ for each in mounted[""]().router.dependencies if each.dependency}
        assert {"paced", "guard"} <= names
        assert mounted["/api"]().title
    COUNTED["endpoints"] += len(endpoints())


def test_how_many_refusals(record_property: Callable[[str, object], None]) -> None:
    said = ", ".join(f"{count} {name}" for name, count in sorted(COUNTED.items()))
    record_property("rates", said)
    assert COUNTED["refusals"] == 4 * 2 + 2, said
    assert COUNTED["shouts"] == 6 * PERSON, said
