"""Each portal serves what its own list names (X04), and nothing of the others or of the house itself (S18)."""

import re
from collections.abc import Callable

import pytest

from domain.access.permissions import PORTALS, Portal
from handbook.endpoints import endpoints
from settings import revealed
from tests.access.callers import HOSTS
from tests.access.world import COUNTED, World
from tests.web.knocking import STRONGEST, host_header, path

INTERNAL = (
    "/metrics",
    "/docs",
    "/redoc",
    "/openapi.json",
    "/api/docs",
    "/api/redoc",
    "/styleguide",
    "/_sandbox/health",
)


@pytest.mark.parametrize("portal", PORTALS)
async def test_a_portal_serves_nothing_of_another(world: World, portal: Portal) -> None:
    """To whoever may do most there. What two portals both have is each one's own."""
    own = [re.compile(re.sub(r"\{\w+\}", "[^/]+", each.path) + "$") for each in endpoints() if each.portal == portal]
    caller = world.callers[portal, STRONGEST[portal]]
    for endpoint in (each for each in endpoints() if each.portal != portal):
        target = path(endpoint, world.own.things)
        if any(each.match(target.split("?")[0]) for each in own):
            continue
        headers = caller.request(endpoint.is_json, None, False)["headers"] | {"host": host_header(world, HOSTS[portal])}
        answer = await world.client.request(endpoint.method, target, headers=headers)
        assert answer.status_code == 404, f"{endpoint} answers {answer.status_code} at the {portal} portal"
        COUNTED["not here"] += 1


@pytest.mark.parametrize("portal", PORTALS)
async def test_no_portal_serves_what_is_internal(world: World, portal: Portal) -> None:
    caller = world.callers[portal, STRONGEST[portal]]
    for target in INTERNAL:
        for as_json in (True, False):
            headers = caller.request(as_json, None, False)["headers"] | {"host": host_header(world, HOSTS[portal])}
            answer = await world.client.get(target, headers=headers)
            assert answer.status_code == 404, f"{target} answers {answer.status_code} at the {portal} portal"


async def test_prometheus_reads_the_metrics_with_its_token_on_any_host(world: World) -> None:
    token = revealed(world.house.settings.metrics_token) or ""
    for host in ("10.0.0.7", HOSTS["patient"]):
        for shown, status in ((token, 200), (token[:-1], 404), (token + "0", 404), ("-", 404), ("é", 404)):
            headers = [(b"host", host.encode()), (b"authorization", f"Bearer {shown}".encode())]
            answer = await world.client.get("/metrics", headers=headers)
            assert answer.status_code == status, f"{shown} at {host}"
            assert ("fourdoors_request_seconds" in answer.text) == (status == 200)


def test_how_many(record_property: Callable[[str, object], None]) -> None:
    record_property("routes of other portals", COUNTED["not here"])
    assert COUNTED["not here"] >= 400
