"""Tokens: nothing but the very one that was given opens anything, and every other is refused alike."""

import base64
import hmac
import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from domain.actors import House
from domain.refusals import LinkExpired, SecondStepOver
from handbook.endpoints import endpoints
from models import Appointment, OneTimeToken
from portals.core import csrf
from portals.core.door import SESSION_COOKIE
from tests.access.callers import HOSTS
from tests.access.things import room_token
from tests.access.world import World
from tests.identity.people import member, with_app
from tests.web.knocking import STRONGEST
from usecases.identity.doors import Door
from usecases.identity.invitations import STAFF
from usecases.identity.links import use
from usecases.identity.signing_in import SecondStep, SignIn, second_step, sign_in
from usecases.identity.tokens import new_token, token_hash
from usecases.room import tokens

COUNTED: Counter[str] = Counter()
KEYS = (b"", b"secret", b"key", b"fourdoors", b"password")


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def jwt(header: dict[str, object], claims: dict[str, object], key: bytes | None) -> str:
    signed = f"{part(header)}.{part(claims)}"
    signature = b"" if key is None else hmac.digest(key, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def shaped_like_jwts(person: str) -> list[str]:
    claims = {"sub": person, "exp": 9_999_999_999, "role": "owner", "iss": "fourdoors", "aud": "fourdoors"}
    none = [jwt({"alg": alg, "typ": "JWT"}, claims, None) for alg in ("none", "None", "NONE", "nOnE", "", "HS256")]
    weak = [jwt({"alg": "HS256", "typ": "JWT"}, claims, key) for key in KEYS]
    confused = [
        jwt({"alg": alg}, claims, b"-----BEGIN PUBLIC KEY-----") for alg in ("RS256", "ES256", "PS512", "EdDSA")
    ]
    places = ("../../../../dev/null", "/proc/self/environ", "x' union select 'secret'--", "http://127.0.0.1/k", "\x00")
    kids = [jwt({"alg": "HS256", "kid": place}, claims, b"secret") for place in places]
    keys = [
        jwt({"alg": "HS256", "jwk": {"kty": "oct", "k": "c2VjcmV0"}}, claims, b"secret"),
        jwt({"alg": "RS256", "jku": "https://evil.example/jwks.json"}, claims, b"x"),
        jwt({"alg": "RS256", "x5u": "https://evil.example/x.pem"}, claims, b"x"),
        jwt({"alg": "RS256", "x5c": ["MIIB"]}, claims, b"x"),
        jwt({"alg": "dir", "enc": "A256GCM"}, claims, b"x"),
        jwt({"alg": "HS256", "crit": ["exp"], "b64": False}, claims, b"secret"),
    ]
    return [*none, *weak, *confused, *kids, *keys, "..", "a.b.c", part({"alg": "none"}) + "..", "e30.e30."]


def bent(token: str) -> list[str]:
    """Almost the right one."""
    return [
        token[:-1], token + "A", token[1:], token.swapcase(), token[::-1], token + "=", token + "\u00e9", f'"{token}"',
        token + "%00", token.replace(token[5], "A" if token[5] != "A" else "B", 1), token + "," + token, "A" * 43,
        "A" * 10_000, "null", "undefined", "0", "-1", "true", "[]", "{}", "*", "%", "' or ''='", "../" + token,
    ]  # fmt: skip


async def seats(world: World, host: str, *headers: tuple[str, str], query: str = "") -> httpx.Response:
    COUNTED["tokens"] += 1
    sent = [("host", f"{host}:{world.house.settings.port}"), *((name, text.encode()) for name, text in headers)]
    return await world.client.get(f"/api/seats{query}", headers=sent)  # type: ignore[arg-type]


@pytest.mark.parametrize("portal", HOSTS)
async def test_no_other_token_opens_a_json_door(world: World, portal: str) -> None:
    caller = next(each for (name, key), each in world.callers.items() if (name, key) == (portal, STRONGEST[name]))
    plain = (await seats(world, caller.host)).json()
    wrong = [each for each in [*shaped_like_jwts(str(caller.person_id)), *bent(caller.bearer)] if "\x00" not in each]
    for token in [*wrong, caller.cookie, caller.form_token]:
        answer = await seats(world, caller.host, ("authorization", f"Bearer {token}"))
        assert (answer.status_code, answer.json()) == (401, plain), token[:80]
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("scheme", ["Basic", "Token", "JWT", "Digest", "bearer:", "Bearer Bearer", "Bear", "MAC"])
async def test_no_other_scheme_and_no_other_place(world: World, scheme: str) -> None:
    caller = world.callers["patient", "self"]
    assert (await seats(world, caller.host, ("authorization", f"{scheme} {caller.bearer}"))).status_code == 401
    for query in ("access_token", "token", "bearer", "authorization", "api_key"):
        assert (await seats(world, caller.host, query=f"?{query}={caller.bearer}")).status_code == 401
    for name in ("cookie", "x-authorization", "x-api-key", "proxy-authorization", "x-access-token", "x-auth-token"):
        value = f"{SESSION_COOKIE}={caller.bearer}" if name == "cookie" else f"Bearer {caller.bearer}"
        assert (await seats(world, caller.host, (name, value))).status_code == 401


async def test_two_authorizations_are_never_two_people(world: World) -> None:
    one, other = world.callers["patient", "self"], world.callers["patient", "guardian"]
    right, wrong = f"Bearer {one.bearer}", f"Bearer {other.bearer}"
    answer = await seats(world, one.host, ("authorization", "Bearer wrong"), ("authorization", right))
    assert answer.status_code == 401
    joined = await seats(world, one.host, ("authorization", f"{right}, {wrong}"))
    assert joined.status_code == 401


async def test_a_room_token_is_one_person_s_one_appointment_s_one_time_s(world: World) -> None:
    house, things = world.house, world.own.things
    async with house.database.transaction(world.own.patient) as session:
        row = await session.get_one(Appointment, things.appointment_id)
    person, now, key = world.own.patient.person_id, house.context.now(), house.context.secret_key
    good = room_token(house, row, person)
    expiry, _, signature = good.partition("-")
    assert tokens.holds(good, key, row.id, person, row.starts_at, now)
    later = f"{int(expiry, 16) + 9:x}-{signature}"
    wrong = ["f" * 9_000 + "-a", later, f"-{signature}", f"{expiry}-", f"{expiry}-{signature}-", f"-1-{signature}"]
    for token in [*wrong, *bent(good)[:13]]:
        assert not tokens.holds(token, key, row.id, person, row.starts_at, now), token[:60]
        COUNTED["tokens"] += 1
    for bound in (
        (row.id, uuid4(), row.starts_at, now),
        (uuid4(), person, row.starts_at, now),
        (row.id, person, row.starts_at + timedelta(minutes=5), now),
        (row.id, person, row.starts_at, now + timedelta(days=900)),
    ):
        assert not tokens.holds(good, key, *bound)
        COUNTED["tokens"] += 1
    assert not tokens.holds(good, b"x" * 32, row.id, person, row.starts_at, now)


def test_a_form_token_bent_is_none() -> None:
    key = b"k" * 32
    good = csrf.issue("mine", key)
    for token in [*bent(good)[:4], *bent(good)[6:], csrf.issue("yours", key), csrf.issue("mine", b"x" * 32)]:
        assert not csrf.verify(token, "mine", key), token[:60]
        COUNTED["tokens"] += 1


async def test_a_link_is_for_one_purpose_once_and_at_one_door(world: World) -> None:
    house, patient = world.house, world.own.patient
    door = Door("patient", patient.brand_id)
    link, until = new_token(), house.context.now() + timedelta(hours=1)
    row = OneTimeToken(token_hash=token_hash(link), person_id=patient.person_id, purpose="reset", expires_at=until)
    async with house.database.transaction(House()) as session:
        session.add(row)
    for token in bent(link)[:10]:
        async with house.database.transaction(House()) as session:
            with pytest.raises(LinkExpired):
                await use(session, house.context, door, token, "reset")
        COUNTED["tokens"] += 1
    for other_door, purpose in ((STAFF, "reset"), (door, "verify"), (door, "invite")):
        async with house.database.transaction(House()) as session:
            with pytest.raises(LinkExpired):
                await use(session, house.context, other_door, link, purpose)  # type: ignore[arg-type]
        COUNTED["tokens"] += 1
    async with house.database.transaction(House()) as session:
        await use(session, house.context, door, link, "reset")
    async with house.database.transaction(House()) as session:
        with pytest.raises(LinkExpired):
            await use(session, house.context, door, link, "reset")


async def test_a_pending_sign_in_opens_only_its_own_second_step(world: World) -> None:
    house = world.house
    who = await member(house, "owner")
    held = await with_app(house, who)
    wanted = SignIn(email=who.email, password="a quiet garden behind the house")
    due = await sign_in(house.context, who.door, wanted, uuid4().hex, "bearer")
    pending = getattr(due, "pending_token", "")
    step = SecondStep(code=held.codes[0])
    assert (await seats(world, who.host, ("authorization", f"Bearer {pending}"))).status_code == 401
    for token in bent(pending)[:8]:
        with pytest.raises(SecondStepOver):
            await second_step(house.context, who.door, token, step, "bearer")
        COUNTED["tokens"] += 1
    for door, kind in ((Door("specialist"), "bearer"), (Door("affiliate"), "bearer"), (who.door, "cookie")):
        with pytest.raises(SecondStepOver):
            await second_step(house.context, door, pending, step, kind)  # type: ignore[arg-type]
        COUNTED["tokens"] += 1
    await second_step(house.context, who.door, pending, step, "bearer")
    with pytest.raises(SecondStepOver):
        await second_step(house.context, who.door, pending, replace_code(step, held.codes[1]), "bearer")


def replace_code(step: SecondStep, code: str) -> SecondStep:
    return step.model_copy(update={"code": code})


def test_no_endpoint_takes_a_token_from_its_address() -> None:
    names = {"token", "access_token", "bearer", "session", "api_key"}
    named = {str(each) for each in endpoints() if names & set(each.path.replace("{", "/").split("/"))}
    assert not named - {each for each in named if "/room/" in each}


def test_how_many_tokens(record_property: Callable[[str, object], None]) -> None:
    record_property("tokens", f"{COUNTED['tokens']} wrong tokens")
    assert COUNTED["tokens"] >= 390, COUNTED
    assert len(shaped_like_jwts("x")) + len(bent("A" * 43)) >= 40
