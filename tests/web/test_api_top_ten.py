"""OWASP API Security Top 10 (2023), one group for each number, each with something of its own."""

import inspect
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

import app
from domain.access.permissions import PORTALS, Portal
from handbook.endpoints import MADE, endpoints, routes_of
from tests.access.callers import HOSTS
from tests.access.world import World, asked, is_foreign
from tests.fixtures.house import AURORA
from tests.identity.people import PASSWORD, member
from tests.web.knocking import STRONGEST, ask, fingerprint, host_header, strongest

COUNTED: Counter[str] = Counter()
MATRIX = Path("docs/access-matrix.md").read_text()
SECRET_FIELDS = {
    "password", "password_hash", "token_hash", "secret", "sealed_secret", "public_key", "credential_id", "actor_key",
    "stripe_customer", "customer_id", "client_secret",
}  # fmt: skip


# API1: Broken Object Level Authorization


@pytest.mark.parametrize("portal", PORTALS)
async def test_api1_an_id_of_somebody_else_is_an_id_of_nothing(world: World, portal: Portal) -> None:
    """Also where the id is right but written otherwise, and where several are given."""
    caller = world.callers[portal, STRONGEST[portal]]
    other = world.others["other tenant"]
    for endpoint in (each for each in asked(portal) if "{" in each.path and is_foreign(each, "other tenant")):
        answer = await world.knock(endpoint, caller, other.things)
        assert answer.status_code in (403, 404), f"{endpoint}: {answer.status_code}"
        own_too = f"?organization_id={other.patient.organization_id}&patient_id={other.patient.patient_id}"
        headers = {"x-organization-id": str(other.patient.organization_id), "x-user-id": str(other.patient.person_id)}
        if endpoint.method == "GET" and not endpoint.path.endswith(("/events", "/signals")):
            path = re.sub(r"\{(\w+)\}", lambda found: str(getattr(other.things, found[1])).upper(), endpoint.path)
            proofs = caller.request(endpoint.is_json, None, False)["headers"]
            bent = await ask(world, endpoint, caller, target=path + own_too, headers=proofs | headers)
            assert bent.status_code in (403, 404), f"{endpoint}: {bent.status_code}"
        COUNTED["API1"] += 1


# API2: Broken Authentication


@pytest.mark.parametrize("host", HOSTS.values())
async def test_api2_guessing_has_an_end_and_betrays_nobody(world: World, host: str) -> None:
    address = f"{uuid4().hex}@nobody.example"
    headers = {"host": host_header(world, host), "x-forwarded-for": f"2001:db8::{uuid4().hex[:4]}"}
    tries = [
        await world.client.post("/api/sign-in", json={"email": address, "password": f"guess {n}"}, headers=headers)
        for n in range(12)
    ]
    assert [each.status_code for each in tries] == [401] * 10 + [429] * 2
    assert len({each.text for each in tries[:10]}) == 1
    assert int(tries[-1].headers["retry-after"]) <= 600
    COUNTED["API2"] += len(tries)


async def test_api2_a_password_opens_no_other_door(world: World) -> None:
    who = await member(world.house, "support")
    for host in HOSTS.values():
        headers = {"host": host_header(world, host), "x-forwarded-for": f"2001:db8::{uuid4().hex[:4]}"}
        sent = {"email": who.email, "password": PASSWORD}
        answer = await world.client.post("/api/sign-in", json=sent, headers=headers)
        assert (answer.status_code == 200) == (host == who.host)
        COUNTED["API2"] += 1


# API3: Broken Object Property Level Authorization


def fields_of(schema: dict[str, object]) -> set[str]:
    found = set()
    for name, shape in schema.get("components", {}).get("schemas", {}).items():  # type: ignore[attr-defined]
        if name not in ("BearerToken", "SecondStepDue", "RoomView"):
            found |= set(shape.get("properties", {}))
    return found


@pytest.mark.parametrize("portal", PORTALS)
def test_api3_answers_are_views_and_hold_no_secrets(portal: Portal) -> None:
    """Every JSON answer has a declared shape, none is a table, and no field of any is one nobody should read."""
    for door in (create() for path, create in MADE[portal].items() if path):
        for route in routes_of(door.routes):
            told = inspect.signature(route.endpoint).return_annotation
            assert told is not inspect.Signature.empty, route.path
            assert not (inspect.isclass(told) and hasattr(told, "__tablename__")), route.path
            COUNTED["API3"] += 1
        asked_of_people = {"password", "code", "credential"}
        assert not (fields_of(door.openapi()) & SECRET_FIELDS) - asked_of_people


# API4: Unrestricted Resource Consumption


def test_api4_every_text_and_every_list_somebody_sends_has_an_end() -> None:
    """What has no length of its own is an address, an id, a day or a choice, which end by themselves; or the body's
    end is its end."""
    ends = re.compile(r"max_length|MaxLen|Literal|UUID|[dD]ate|Description|bool|int|Email|timedelta|constr|pattern")
    endless: set[str] = set()
    for endpoint in endpoints():
        for parameter in inspect.signature(endpoint.call).parameters.values():
            if not inspect.isclass(parameter.annotation) or not hasattr(parameter.annotation, "model_fields"):
                continue
            for name, info in parameter.annotation.model_fields.items():
                said = f"{info.annotation} {info.metadata}"
                COUNTED["API4"] += 1
                if not ends.search(said):
                    endless.add(f"{parameter.annotation.__name__}.{name}")
    checked_against_what_there_is = {
        "SaveProfile.zone", "SaveProfile.languages", "SavePreferences.locale", "ChangeRole.role", "LendRole.role",
        "ProposeRole.permissions", "GiveConsents.kinds", "WithdrawConsent.kind", "Hold.appointment_type",
        "SavePreferences.time_zone", "SavePreferences.channels", "SavePreferences.quiet_hours",
    }  # fmt: skip
    bare = sorted(endless - checked_against_what_there_is)
    assert not bare, f"{bare}: give these fields a length"


# API5: Broken Function Level Authorization


@pytest.mark.parametrize("portal", PORTALS)
async def test_api5_other_methods_and_other_doors_are_no_way_round(world: World, portal: Portal) -> None:
    caller = world.callers[portal, STRONGEST[portal]]
    known = {(each.portal, each.method, each.path) for each in endpoints()}
    before = await fingerprint(world.house)
    for endpoint in (each for each in endpoints() if each.portal == portal and each.is_json):
        here = {method for at, method, path in known if (at, path) == (portal, endpoint.path)}
        for method in {"PUT", "DELETE", "PATCH", "POST"} - here:
            proofs = caller.request(True, None, False)["headers"] | {"x-http-method-override": endpoint.method}
            target = f"{endpoint.path}?_method={endpoint.method}"
            target = re.sub(r"\{(\w+)\}", lambda found: str(getattr(world.own.things, found[1])), target)
            headers = proofs | {"host": host_header(world, caller.host)}
            answer = await world.client.request(method, target, headers=headers)
            assert answer.status_code in (404, 405, 403, 422), f"{method} {endpoint}: {answer.status_code}"
            COUNTED["API5"] += 1
    assert await fingerprint(world.house) == before


# API6: Unrestricted Access to Sensitive Business Flows


def test_api6_booking_paying_inviting_and_guessing_are_counted_or_bound() -> None:
    """Each flow that pays to be automated asks for its permission and carries a key that makes it once only, or is
    counted in the database."""
    source = {path: path.read_text() for path in Path("usecases").rglob("*.py")}
    counted = {path.stem for path, text in source.items() if re.search(r"await limit\w*\(", text)}
    assert {"signing_in", "accounts", "invitations", "passkeys", "engine_room", "guardians"} & counted >= {
        "signing_in", "accounts", "invitations", "passkeys", "engine_room",
    }  # fmt: skip
    once = re.compile(r"key: str = Field\(min_length=8")
    keyed = {path.stem for path, text in source.items() if once.search(text)}
    assert {"paying", "holding"} <= keyed, keyed
    COUNTED["API6"] += len(counted) + len(keyed)


# API7: Server Side Request Forgery


def test_api7_no_endpoint_declares_an_address_to_fetch() -> None:
    for portal in PORTALS:
        document = str(MADE[portal]["/api"]().openapi())
        assert "'format': 'uri'" not in document
        assert not re.search(r"'(url|uri|callback|webhook|return_url|cancel_url)': \{[^}]*'title'", _inputs(portal))
        COUNTED["API7"] += document.count("'operationId'")


def _inputs(portal: Portal) -> str:
    document = MADE[portal]["/api"]().openapi()
    named = re.findall(r"requestBody.*?#/components/schemas/(\w+)", str(document["paths"]))
    return str([document["components"]["schemas"][name] for name in named])


# API8: Security Misconfiguration


async def test_api8_errors_tell_nothing_and_nothing_else_is_served(world: World) -> None:
    forgotten = (
        "/.env", "/.git/config", "/admin", "/debug", "/actuator", "/server-status", "/phpinfo.php", "/api/debug",
        "/api/docs", "/api/redoc", "/swagger.json", "/graphql", "/wp-login.php", "/console", "/static/../app.py",
        "/static/%2e%2e/settings.py", "/..%2f..%2fetc/passwd", "/api/v1/users", "/codec/encode",
    )  # fmt: skip
    for host in (*HOSTS.values(), "localhost"):
        for path in forgotten:
            answer = await world.client.get(path, headers={"host": host_header(world, host)})
            assert answer.status_code in (303, 400, 401, 404, 405, 421), f"{host}{path}: {answer.status_code}"
            assert not re.search(r"Traceback|File \"|sqlalchemy|asyncpg|secret_key", answer.text)
            COUNTED["API8"] += 1
    for method in ("TRACE", "CONNECT", "PROPFIND", "DEBUG"):
        answer = await world.client.request(method, "/sign-in", headers={"host": host_header(world, AURORA)})
        assert answer.status_code in (400, 403, 404, 405)
    assert 'allow_origins=["*"]' not in inspect.getsource(app)


async def test_api8_no_other_site_may_read_an_answer(world: World) -> None:
    for endpoint in (each for each in endpoints() if each.is_json and each.method == "GET" and "{" not in each.path):
        caller = strongest(world, endpoint)
        proofs = caller.request(True, None, False)["headers"] | {"origin": "https://evil.example"}
        answer = await ask(world, endpoint, caller, headers=proofs)
        assert not [name for name in answer.headers if name.startswith("access-control-")], endpoint
        COUNTED["API8"] += 1


# API9: Improper Inventory Management


@pytest.mark.parametrize("portal", PORTALS)
async def test_api9_what_is_documented_is_what_is_there(world: World, portal: Portal) -> None:
    """The served document names exactly the endpoints of the routers, and every one is in the access matrix."""
    answer = await world.client.get("/api/openapi.json", headers={"host": host_header(world, HOSTS[portal])})
    documented = {
        (method.upper(), f"/api{path}") for path, methods in answer.json()["paths"].items() for method in methods
    }
    mine = [each for each in endpoints() if each.portal == portal]
    there = {(each.method, each.path) for each in mine if each.path.startswith("/api/")}
    assert documented == there
    for endpoint in (each for each in mine if each.permissions):
        assert endpoint.path in MATRIX, f"{endpoint} is missing: run `python cli.py access-docs`"
        COUNTED["API9"] += 1


# API10: Unsafe Consumption of APIs


async def test_api10_a_vendor_s_word_is_not_taken_unsigned(world: World) -> None:
    before = await fingerprint(world.house)
    seen = await world.house.sql("select count(*) from webhook_event")
    bodies = (b"{}", b"[]", b"null", b'{"type": "payment_intent.succeeded", "id": "evt_1"}', b"a=b", b"\xff" * 99, b"")
    signatures = ("", "t=1,v1=00", "t=9999999999,v1=", "v1=a,t=x", "é", "A" * 5_000)
    for vendor, header in (
        ("stripe", "stripe-signature"),
        ("sendgrid", "x-twilio-email-event-webhook-signature"),
        ("twilio", "x-twilio-signature"),
    ):
        for body in bodies:
            for signature in signatures:
                plain = {"host": host_header(world, AURORA), "content-type": "application/x-www-form-urlencoded"}
                headers = {name.encode(): value.encode() for name, value in (plain | {header: signature}).items()}
                answer = await world.client.post(f"/webhooks/{vendor}?reference=x", content=body, headers=headers)
                assert answer.status_code == 400, f"{vendor} {body!r} {signature[:20]!r}: {answer.status_code}"
                COUNTED["API10"] += 1
    assert await world.house.sql("select count(*) from webhook_event") == seen
    assert await fingerprint(world.house) == before


def test_ten_numbers(record_property: Callable[[str, object], None]) -> None:
    record_property("OWASP API Top 10", ", ".join(f"{name}: {COUNTED[name]}" for name in sorted(COUNTED)))
    assert set(COUNTED) == {f"API{number}" for number in range(1, 11)}
    assert min(COUNTED.values()) >= 8, COUNTED
