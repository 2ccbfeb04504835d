"""Requests at any endpoint as somebody who may do everything there, bent as a test likes."""

from typing import Any

import httpx

from domain.access.permissions import Portal
from handbook.endpoints import Endpoint, endpoints
from tests.access.callers import Caller
from tests.access.specimens import BODIES, body
from tests.access.things import Things
from tests.access.world import World, command_of, path_of
from tests.fixtures.house import RunningHouse

STRONGEST: dict[Portal, str] = {
    "patient": "self",
    "specialist": "clinician",
    "organization": "owner",
    "affiliate": "manager",
}


def strongest(world: World, endpoint: Endpoint) -> Caller:
    return world.callers[endpoint.portal, STRONGEST[endpoint.portal]]


def host_header(world: World, host: str) -> str:
    return f"{host}:{world.house.settings.port}"


def unsafe(json: bool) -> list[Endpoint]:
    return [each for each in endpoints() if each.method != "GET" and each.is_json == json]


def reading() -> list[Endpoint]:
    return [each for each in endpoints() if each.method == "GET" and not is_stream(each)]


def is_stream(endpoint: Endpoint) -> bool:
    return endpoint.path.endswith("/events") or (endpoint.path.endswith("/signals") and not endpoint.is_json)


def specimen(endpoint: Endpoint, things: Things) -> dict[str, Any] | None:
    """A valid body; None where no command is read or nobody has made a specimen of it."""
    command, _ = command_of(endpoint)
    known = command is not None and f"{endpoint.portal}.{command.__name__}" in BODIES
    return body(endpoint.portal, command, things) if command and known else None


def path(endpoint: Endpoint, things: Things) -> str:
    """Parameters that only security pages have name nothing."""
    plain = endpoint.path.replace("{session_id}", str(things.task_id)).replace("{passkey_id}", str(things.task_id))
    return path_of(_with(endpoint, plain), things)


def _with(endpoint: Endpoint, plain: str) -> Endpoint:
    return Endpoint(endpoint.portal, endpoint.method, plain, endpoint.call, endpoint.permissions)


async def ask(world: World, endpoint: Endpoint, caller: Caller, **options: Any) -> httpx.Response:
    """With the caller's own proofs unless `headers` say otherwise; redirects are not followed."""
    headers = {"host": host_header(world, caller.host)} | options.pop("headers", {})
    if "authorization" not in headers and "cookie" not in headers:
        headers |= caller.request(endpoint.is_json, None, False)["headers"]
    target = options.pop("target", path(endpoint, world.own.things))
    return await world.client.request(endpoint.method, target, headers=headers, **options)


async def fingerprint(house: RunningHouse) -> dict[str, tuple[int, int]]:
    """Rows and their sum of every table that only people's requests change; the audit also notes refusals."""
    found = await house.sql(
        "select tablename from pg_tables where schemaname = 'public' and tablename not in "
        "('rate_window', 'sign_in_session', 'message', 'webhook_event', 'data_key') and tablename not like 'audit%'"
    )
    sums = {}
    for (table,) in found:
        query = f"select count(*), coalesce(sum(hashtext(t::text)), 0) from {table} t"
        sums[table] = tuple((await house.sql(query))[0])
    return sums
