"""What a production process serves and what it answers to nonsense: nothing about itself."""

import json
import re

import httpx
import pytest
import yaml
from pydantic import SecretStr, ValidationError
from starlette.applications import Starlette

import app
from settings import Settings
from tests.fixtures.house import AURORA, ORGANIZATIONS, RunningHouse
from tests.fixtures.http import http_client
from tests.identity.people import member, opened
from tests.security.source import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
INSIDE = re.compile(
    r"Traceback|File \"|asyncpg|sqlalchemy|psycopg|select .* from|\.py\b|/usr/|site-packages", re.IGNORECASE
)
KEY = "7f" * 32


def production(**more: object) -> Settings:
    return Settings(
        environment="production",
        scheme="https",
        database_url=SecretStr("postgresql://owner@db/house"),
        database_app_password=SecretStr("p" * 20),
        temporal_address="temporal:7233",
        secret_key=SecretStr("s" * 40),
        actor_key=SecretStr(KEY),
        payload_keys=SecretStr(f"first:{KEY}"),
        **more,  # type: ignore[arg-type]
    )


async def ask(house: RunningHouse, method: str, path: str, host: str = AURORA, **sent: str) -> httpx.Response:
    headers = {"host": f"{host}:{house.settings.port}", **sent}
    async with http_client(base_url=f"http://127.0.0.1:{house.settings.port}") as client:
        return await client.request(method, path, headers=headers)


def test_the_front_page_of_the_demo_is_not_served() -> None:
    assert "localhost" in app.house(Settings()).by_host
    served = app.house(production()).by_host
    assert set(served) == {"specialists.localhost", "organizations.localhost", "partners.localhost"}


def test_nothing_debugs() -> None:
    inner = app.build(production())
    while not isinstance(inner, Starlette):
        inner = inner._app  # type: ignore[attr-defined]
    assert inner.debug is False


@pytest.mark.parametrize(
    "missing", ["database_url", "database_app_password", "secret_key", "actor_key", "payload_keys"]
)
def test_it_does_not_start_without_its_secrets(missing: str) -> None:
    known = {"environment": "production", "scheme": "https", "temporal_address": "t:7233", "actor_key": KEY}
    known |= {"secret_key": "s" * 40, "payload_keys": f"a:{KEY}", "database_app_password": "p"}
    known |= {"database_url": "postgresql://owner@db/house"}
    assert Settings(**known)  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="production needs"):
        Settings(**(known | {missing: None}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "weak"),
    [("secret_key", "short"), ("actor_key", "7f" * 31), ("actor_key", "z" * 64), ("payload_keys", f"a:{KEY[:-1]}")],
)
def test_weak_keys_are_refused(name: str, weak: str) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings(**{name: weak})  # type: ignore[arg-type]


def test_a_secret_is_not_shown_when_settings_are() -> None:
    shown = repr(production()) + str(production()) + str(production().model_dump())
    assert not [secret for secret in (KEY, "s" * 40, "p" * 20, "owner@db") if secret in shown]


def test_our_containers_may_do_little() -> None:
    for name in ("api", "worker", "migrate"):
        service = COMPOSE["services"][name]
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
    assert re.search(r"^USER fourdoors$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


def test_nothing_but_the_proxy_reaches_us() -> None:
    for name, service in COMPOSE["services"].items():
        for port in service.get("ports", []):
            host = port["host_ip"] if isinstance(port, dict) else port.split(":")[0]
            assert host == "127.0.0.1", name
    assert "ports" not in COMPOSE["services"]["postgres"]
    assert "ports" not in COMPOSE["services"]["temporal"]
    assert COMPOSE["services"]["api"]["environment"]["FOURDOORS_SCHEME"] == "https"


def test_the_server_does_not_name_itself() -> None:
    command = (ROOT / "Dockerfile").read_text()
    assert "--no-server-header" in command
    assert "--reload" not in command


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND"])
async def test_methods_nobody_needs_are_refused(house: RunningHouse, method: str) -> None:
    for path in ("/", "/sign-in", "/api/seats", "/healthz"):
        answer = await ask(house, method, path, **{"x-planted": "a planted word"})
        assert answer.status_code in (400, 401, 403, 404, 405), path
        assert "a planted word" not in answer.text


@pytest.mark.parametrize(
    "path", ["/static/", "/static/css/", "/.git/config", "/.env", "/var/", "/static/%2e%2e/app.py"]
)
async def test_no_folder_is_listed_and_no_source_given(house: RunningHouse, path: str) -> None:
    answer = await ask(house, "GET", path)
    assert answer.status_code == 404
    assert not INSIDE.search(answer.text)


@pytest.mark.parametrize(
    "host", ["", "evil.example", "localhost.evil.example", "127.0.0.1", "aurora.localhost.evil.example"]
)
async def test_another_host_is_not_served_whatever_a_header_says(house: RunningHouse, host: str) -> None:
    plain = await ask(house, "GET", "/", host)
    forwarded = {"x-forwarded-host": AURORA, "forwarded": f"host={AURORA}", "x-original-host": AURORA}
    told = await ask(house, "GET", "/", host, **forwarded)
    for answer in (plain, told):
        assert answer.status_code in (400, 404, 421)
        assert "Aurora" not in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/appointments/not-a-uuid"),
        ("POST", "/api/sign-in"),
        ("POST", "/api/sign-in?x=%00"),
        ("GET", "/appointments/%00"),
        ("GET", "/nowhere/at/all"),
        ("DELETE", "/api/sign-in"),
    ],
)
async def test_nonsense_is_answered_without_anything_from_inside(house: RunningHouse, method: str, path: str) -> None:
    who = await member(house, "owner")
    bearer = (await opened(house, who, "bearer")).token
    answer = await ask(house, method, path, ORGANIZATIONS, authorization=f"Bearer {bearer}")
    assert 400 <= answer.status_code < 500 or answer.status_code == 303
    assert not INSIDE.search(answer.text), answer.text


async def test_a_json_body_that_is_none_is_refused_whole(house: RunningHouse) -> None:
    bodies = (
        b"{",
        b"[" * 5000,
        b'{"email": "a@b.example", "password": {"$ne": 1}}',
        b"\xff\xfe",
        json.dumps(7).encode(),
    )
    headers = {"host": f"{AURORA}:{house.settings.port}", "content-type": "application/json"}
    async with http_client(base_url=f"http://127.0.0.1:{house.settings.port}", headers=headers) as client:
        for body in bodies:
            answer = await client.post("/api/sign-in", content=body)
            assert answer.status_code in (400, 422), body[:20]
            assert answer.headers["content-type"] == "application/problem+json"
            assert not INSIDE.search(answer.text)
