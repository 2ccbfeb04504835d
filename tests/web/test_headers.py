"""What every answer carries, whoever gives it, and what no page contains."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.responses import PlainTextResponse

from tests.access.callers import HOSTS, anonymous
from tests.access.world import World
from tests.fixtures.http import http_client
from tests.web.knocking import STRONGEST, ask, host_header, reading, strongest, unsafe
from tests.web.markup import parsed
from threshold.headers import Hardened

COUNTED: Counter[str] = Counter()
NONCES: set[str] = set()
FORBIDDEN = ("unsafe-inline", "unsafe-eval", "unsafe-hashes", "wasm", "strict-dynamic", "http:", "https:", "*")
ALWAYS_NONE = ("object-src", "base-uri", "frame-ancestors")


def directives(policy: str) -> dict[str, str]:
    return {name: value for name, _, value in (part.strip().partition(" ") for part in policy.split(";"))}


def check(answer: httpx.Response, said: str) -> None:
    headers, policy = answer.headers, directives(answer.headers["content-security-policy"])
    payable = said.endswith("/pay")
    for name, value in policy.items():
        found = [word for word in FORBIDDEN if word in value and not (payable and name == "form-action")]
        assert not found, f"{said}: {name} {value}"
    assert policy["default-src"] in ("'none'", "'self'"), said
    assert all(policy[name] == "'none'" for name in ALWAYS_NONE), said
    assert policy["form-action"].startswith(("'none'", "'self'")), said
    assert headers["x-content-type-options"] == "nosniff", said
    assert headers["referrer-policy"] in ("same-origin", "no-referrer"), said
    assert headers["cross-origin-opener-policy"] == "same-origin", said
    assert headers["cross-origin-resource-policy"] == "same-origin", said
    assert "geolocation=()" in headers["permissions-policy"], said
    assert ("camera=(self)" in headers["permissions-policy"]) <= said.endswith("/room"), said
    assert headers["cache-control"] == "no-store" or "/static/" in said, said
    assert "server" not in headers or headers["server"] == "uvicorn", said
    check_cookies(answer, said)
    if headers.get("content-type", "").startswith("text/html"):
        check_page(answer, policy, said)
    COUNTED["answers"] += 1


def check_cookies(answer: httpx.Response, said: str) -> None:
    for cookie in answer.headers.get_list("set-cookie"):
        parts = [part.strip().lower() for part in cookie.split(";")]
        assert parts[0].startswith("__host-"), f"{said}: {cookie}"
        assert {"secure", "httponly", "path=/"} <= set(parts), f"{said}: {cookie}"
        assert {"samesite=lax", "samesite=strict"} & set(parts), f"{said}: {cookie}"
        assert not any(part.startswith("domain") for part in parts), f"{said}: {cookie}"
        COUNTED["cookies"] += 1


def check_page(answer: httpx.Response, policy: dict[str, str], said: str) -> None:
    page = parsed(answer.text)
    assert page.live == [], f"{said}: {page.live}"
    assert policy["script-src"] == "'self'", said
    (nonce,) = re.findall(r"'nonce-([^']+)'", policy["style-src"])
    assert policy["style-src"] == f"'self' 'nonce-{nonce}'", said
    assert nonce not in NONCES, f"{said} reuses a nonce"
    assert set(page.nonces) <= {nonce}, said
    assert answer.text.count(nonce) == len(page.nonces) <= 2, f"{said}: the nonce stands elsewhere too"
    NONCES.add(nonce)
    COUNTED["pages"] += 1


async def test_every_page_and_every_json_answer(world: World) -> None:
    for endpoint in reading():
        caller = strongest(world, endpoint)
        for who in (caller, anonymous(caller)):
            options: dict[str, Any] = {"headers": {"cookie": ""}} if not who.cookie else {}
            answer = await ask(world, endpoint, who, **options)
            assert answer.status_code < 500, f"{endpoint}: {answer.status_code}"
            check(answer, f"{endpoint}")


async def test_every_refused_form(world: World) -> None:
    for json in (False, True):
        for endpoint in unsafe(json):
            answer = await ask(world, endpoint, strongest(world, endpoint), headers={"cookie": ""}, data={"x": "y"})
            assert 400 <= answer.status_code < 500, f"{endpoint}: {answer.status_code}"
            check(answer, f"{endpoint}")


@pytest.mark.parametrize("host", [*HOSTS.values(), "unknown.example", "localhost"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nowhere"),
        ("PUT", "/sign-in"),
        ("GET", "/api/nowhere"),
        ("DELETE", "/api/sign-in"),
        ("POST", "/api/sign-in"),
        ("GET", "/api/openapi.json"),
        ("GET", "/static/nothing.css"),
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/metrics"),
        ("POST", "/webhooks/stripe"),
        ("GET", "/webhooks/nobody"),
        ("GET", "/codec/decode"),
        ("GET", "/?q=%00"),
        ("OPTIONS", "/"),
        ("HEAD", "/sign-in"),
    ],
)
async def test_errors_and_machines_too(world: World, host: str, method: str, path: str) -> None:
    answer = await world.client.request(method, path, headers={"host": host_header(world, host)})
    assert answer.status_code < 500
    check(answer, f"{method} {host}{path}")


async def test_static_files_are_kept_for_ever_and_nothing_else_is(world: World) -> None:
    headers = {"host": host_header(world, HOSTS["patient"])}
    page = (await world.client.get("/sign-in", headers=headers)).text
    for address in set(re.findall(r"/static/[^\"' ]+", page)):
        answer = await world.client.get(address, headers=headers)
        assert (answer.status_code, "immutable" in answer.headers["cache-control"]) == (200, True)
        check(answer, address)


async def test_https_is_kept_to_once_it_is_used() -> None:
    for https in (True, False):
        app = Hardened(PlainTextResponse("x"), https)
        async with http_client(transport=httpx.ASGITransport(app=app), base_url="http://x") as client:
            answer = await client.get("/")
        said = answer.headers.get("strict-transport-security", "")
        assert ("max-age=63072000" in said) == https


async def test_the_doors_have_no_page_that_fetches_from_elsewhere(world: World) -> None:
    for portal in STRONGEST:
        headers = {"host": host_header(world, HOSTS[portal])}
        for path in ("/api/docs", "/api/redoc", "/docs", "/redoc"):
            assert (await world.client.get(path, headers=headers)).status_code == 404


def test_how_many_answers(record_property: Callable[[str, object], None]) -> None:
    said = f"{COUNTED['answers']} answers, {COUNTED['pages']} pages, {COUNTED['cookies']} cookies, {len(NONCES)} nonces"
    record_property("headers", said)
    assert COUNTED["answers"] > 500, said
    assert len(NONCES) == COUNTED["pages"] > 150, said
    assert COUNTED["cookies"] > 50, said
