"""Signing in over HTTP: pages without scripts, and the JSON doors."""

import json
import re
from html import unescape
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select
from sqlmodel import col
from webauthn.helpers import bytes_to_base64url

from domain.access.permissions import Portal
from domain.actors import House
from models import AuthenticatorApp, CustomRole, Membership, Organization, Passkey
from portals.core.door import SESSION_COOKIE
from portals.core.sign_in import PENDING_COOKIE
from tests.fixtures.house import AURORA, ORGANIZATIONS, PARTNERS, RunningHouse
from tests.fixtures.http import http_client
from tests.identity.people import (
    LINDENHOF,
    NORTHLIGHT,
    OTHER,
    PASSWORD,
    Somebody,
    at_pages,
    at_sign_in,
    code_at,
    count,
    half_a_minute_later,
    long_ago,
    member,
    opened,
    patient,
    with_app,
)
from tests.organization.cases import booked
from tests.patient.people import hidden


async def answer(house: RunningHouse, who: Somebody, path: str, bearer: str = "", **sent: str) -> httpx.Response:
    """At the JSON door."""
    headers = {"host": f"{who.host}:{house.settings.port}"} | ({"authorization": f"Bearer {bearer}"} if bearer else {})
    async with http_client(base_url=f"http://127.0.0.1:{house.settings.port}", headers=headers) as client:
        return await client.post(f"/api/{path}", json=sent)


async def test_password_then_code_then_where_one_wanted_to_go(house: RunningHouse) -> None:
    who = await member(house, "owner")
    held = await with_app(house, who)
    async with house.visitor(who.host) as visitor:
        first = await at_sign_in(visitor, who, onward="/tasks")
        assert first.headers["location"] == "/sign-in/second-step?next=/tasks"
        assert SESSION_COOKIE not in visitor.cookies
        assert (await visitor.get("/tasks")).headers["location"].startswith("/sign-in?next=")
        page = await visitor.follow(first)
        assert "One more step" in page.text
        wrong = await visitor.post("/sign-in/second-step?next=/tasks", code="000 000")
        assert (wrong.status_code, SESSION_COOKIE in visitor.cookies) == (401, False)
        assert "This code is not right" in wrong.text
        code = code_at(held.secret, house.context.now())
        done = await visitor.post("/sign-in/second-step?next=/tasks", code=f"{code[:3]} {code[3:]}")
        assert (done.status_code, done.headers["location"]) == (303, "/tasks")
        assert PENDING_COOKIE not in visitor.cookies
        assert (await visitor.follow(done)).status_code == 200


async def test_the_second_step_is_nothing_without_the_first(house: RunningHouse) -> None:
    async with house.visitor(ORGANIZATIONS) as visitor:
        await visitor.get("/sign-in")
        visitor.cookies[PENDING_COOKIE] = uuid4().hex * 2
        for sent in (await visitor.get("/sign-in/second-step"), await visitor.post("/sign-in/second-step", code="1")):
            assert sent.headers["location"] == "/sign-in?next=/"
        assert SESSION_COOKIE not in visitor.cookies


async def test_a_token_somebody_else_chose_is_never_used(house: RunningHouse) -> None:
    who = await member(house, "care-coordinator")
    async with house.visitor(who.host) as visitor:
        visitor.cookies[SESSION_COOKIE] = "chosen-by-somebody-else"
        await visitor.follow(await at_sign_in(visitor, who))
        first = visitor.cookies[SESSION_COOKIE]
        assert first != "chosen-by-somebody-else"
        await visitor.get("/security")
        page = await visitor.get("/confirm-it-is-you")
        assert page.status_code == 200
        await visitor.post("/confirm-it-is-you", password=PASSWORD)
        assert visitor.cookies[SESSION_COOKIE] != first
        visitor.cookies[SESSION_COOKIE] = first
        assert (await visitor.get("/security")).headers["location"].startswith("/sign-in")


async def test_next_never_leads_away(house: RunningHouse) -> None:
    who = await member(house, "care-coordinator")
    held = await with_app(house, who)
    async with house.visitor(who.host) as visitor:
        first = await at_sign_in(visitor, who, onward="//evil.example")
        assert first.headers["location"] == "/sign-in/second-step?next=/"
        done = await visitor.post("/sign-in/second-step?next=https://evil.example", code=held.codes[0])
        assert done.headers["location"] == "/"
        await visitor.get("/confirm-it-is-you")
        await half_a_minute_later(house, who)
        back = await visitor.post("/confirm-it-is-you?next=//evil.example", code=held.codes[1])
        assert (back.status_code, back.headers["location"]) == (303, "/")


async def test_what_cannot_be_undone_asks_and_leads_back(house: RunningHouse) -> None:
    who = await member(house, "care-coordinator")
    held = await with_app(house, who)
    case = await booked(house, skip=9)
    async with at_pages(house, who) as visitor:
        await long_ago(house, who)
        path = f"/appointments/{case.appointment_id}"
        await visitor.get(path)
        asked = await visitor.post(f"{path}/cancel", key=uuid4().hex)
        assert asked.headers["location"].startswith("/confirm-it-is-you?next=")
        assert "confirmed" in (await visitor.get(path)).text.lower()
        await visitor.get("/confirm-it-is-you")
        refused = await visitor.post(f"/confirm-it-is-you?next={path}", password=PASSWORD)
        assert refused.status_code == 401
        back = await visitor.post(f"/confirm-it-is-you?next={path}", code=held.codes[0])
        assert back.headers["location"] == path
        done = await visitor.post(f"{path}/cancel", key=uuid4().hex)
        assert done.headers["location"] == path


@pytest.mark.parametrize("path", ["app/remove", "recovery-codes", "password", "passkeys/new", "app"])
async def test_security_asks_for_more_when_it_is_long_ago(house: RunningHouse, path: str) -> None:
    who = await member(house, "care-coordinator")
    await with_app(house, who)
    async with at_pages(house, who) as visitor:
        await long_ago(house, who)
        await visitor.get("/security")
        for sent in (
            await visitor.post(f"/security/{path}", password=OTHER, sealed="x", code="1", name="x", credential="{}"),
            await visitor.get("/security/passkeys/new"),
        ):
            assert sent.headers["location"].startswith("/confirm-it-is-you?next=/"), path
    assert await count(house, AuthenticatorApp, who) == 1


@pytest.mark.parametrize(
    ("host", "portal", "role"),
    [(ORGANIZATIONS, "organization", "owner"), (PARTNERS, "affiliate", "affiliate")],
)
async def test_seats_are_changed_at_both_doors(house: RunningHouse, host: str, portal: Portal, role: str) -> None:
    who = await member(house, role, organizations=(NORTHLIGHT, LINDENHOF), host=host, portal=portal)
    async with at_pages(house, who) as visitor:
        page = await visitor.get("/seats")
        assert "Act for another" in page.text
        await visitor.post("/seats", seat_id=hidden(page, "seat_id"))
        assert hidden(await visitor.get("/seats"), "seat_id") != hidden(page, "seat_id")
    bearer = (await opened(house, who, "bearer")).token
    headers = {"host": f"{host}:{house.settings.port}", "authorization": f"Bearer {bearer}"}
    async with http_client(base_url=f"http://127.0.0.1:{house.settings.port}/api/", headers=headers) as app:
        seats = (await app.get("seats")).json()
        assert len(seats) == 2
        for seat in seats:
            assert (await app.put("seat", json={"seat_id": seat["id"]})).status_code == 204
        assert (await app.put("seat", json={"seat_id": str(uuid4())})).status_code == 403


async def test_the_json_door_asks_for_the_second_step(house: RunningHouse) -> None:
    who = await member(house, "owner")
    held = await with_app(house, who)
    due = (await answer(house, who, "sign-in", email=who.email, password=PASSWORD)).json()
    assert set(due) == {"pending_token", "expires_at"}
    assert (await answer(house, who, "step-up", due["pending_token"], code="1")).status_code == 401
    wrong = await answer(house, who, "sign-in/second-step", pending_token=due["pending_token"], code="000000")
    assert (wrong.status_code, wrong.json()["type"]) == (401, "WrongCode")
    right = await answer(house, who, "sign-in/second-step", pending_token=due["pending_token"], code=held.codes[0])
    bearer = right.raise_for_status().json()["access_token"]
    await long_ago(house, who)
    cancel = f"appointments/{uuid4()}/cancel"
    asked = await answer(house, who, cancel, bearer, key=uuid4().hex)
    assert (asked.status_code, asked.json()["type"]) == (403, "StepUpNeeded")
    assert asked.headers["content-type"] == "application/problem+json"
    assert asked.json()["detail"]
    code = code_at(held.secret, house.context.now())
    fresh = (await answer(house, who, "step-up", bearer, code=code)).json()["access_token"]
    assert (await answer(house, who, cancel, bearer, key=uuid4().hex)).status_code == 401
    assert (await answer(house, who, cancel, fresh, key=uuid4().hex)).status_code == 404


async def test_a_role_that_needs_more_is_told_so(house: RunningHouse) -> None:
    who = await member(house, "owner")
    async with house.visitor(who.host) as visitor:
        page = await visitor.follow(await at_sign_in(visitor, who))
        assert "Your role needs a second way" in unescape(page.text)
        assert "Your role needs a second way" in unescape((await visitor.get("/security")).text)


@pytest.mark.parametrize(
    ("path", "fields", "tries"),
    [
        ("/sign-in/passkey", {"credential": "{}"}, 31),
        ("/new-password", {"token": "t" * 30, "password": OTHER}, 31),
        ("/invitation", {"token": "t" * 30, "password": OTHER}, 31),
    ],
)
async def test_every_new_door_counts_tries(house: RunningHouse, path: str, fields: dict[str, str], tries: int) -> None:
    async with house.visitor(AURORA) as visitor:
        await visitor.get("/sign-in")
        statuses = [(await visitor.post(path, **fields)).status_code for _ in range(tries)]
    assert set(statuses[:-1]) <= {401, 410, 422}
    assert statuses[-1] == 429


async def test_stepping_up_counts_tries(house: RunningHouse) -> None:
    who = await member(house, "care-coordinator")
    async with at_pages(house, who) as visitor:
        await visitor.get("/confirm-it-is-you")
        tried = [(await visitor.post("/confirm-it-is-you", password="not this one")).status_code for _ in range(11)]
    assert tried == [401] * 10 + [429]


NOISE = ["{}", "[]", "7", "null", "x", '{"response": 1}', '{"response": {"clientDataJSON": "!"}}', "[" * 4000]


@pytest.mark.parametrize("noise", NOISE)
async def test_noise_is_no_passkey(house: RunningHouse, noise: str) -> None:
    async with house.visitor(AURORA) as visitor:
        await visitor.get("/sign-in")
        refused = await visitor.post("/sign-in/passkey", credential=noise)
        assert (refused.status_code, SESSION_COOKIE in visitor.cookies) == (401, False)


@pytest.mark.parametrize("data", ["", "!", "AAAA", "A" * 52, "A" * 300])
async def test_a_known_passkey_with_a_made_up_answer_opens_nothing(house: RunningHouse, data: str) -> None:
    who = await patient(house)
    row = Passkey(
        person_id=who.person_id, credential_id=uuid4().hex, public_key=b"k", sign_count=0, name="A", host=AURORA
    )
    async with house.database.transaction(House()) as session:
        session.add(row)
    async with house.visitor(AURORA) as visitor:
        page = await visitor.get("/sign-in")
        found = re.search(r'data-options="([^"]+)"', page.text)
        assert found
        said = {
            "type": "webauthn.get",
            "challenge": json.loads(unescape(found[1]))["challenge"],
            "origin": house.address(AURORA),
        }
        answered = {
            "id": row.credential_id,
            "rawId": row.credential_id,
            "type": "public-key",
            "response": {
                "clientDataJSON": bytes_to_base64url(json.dumps(said).encode()),
                "authenticatorData": data,
                "signature": data,
            },
        }
        refused = await visitor.post("/sign-in/passkey", credential=json.dumps(answered))
        assert (refused.status_code, SESSION_COOKIE in visitor.cookies) == (401, False)


async def test_a_form_acts_for_whom_it_was_opened(house: RunningHouse) -> None:
    """Two tabs: one opens a form, the other switches to another organization, then the form is sent."""
    who = await member(house, "owner", organizations=(NORTHLIGHT, LINDENHOF))
    title = f"Night {uuid4().hex[:6]}"
    async with at_pages(house, who) as visitor:
        await visitor.get("/roles")
        opened_for = visitor.token
        await visitor.post("/seats", seat_id=hidden(await visitor.get("/seats"), "seat_id"))
        visitor.token = opened_for
        refused = await visitor.post("/roles", title=title, permissions="overview:read")
        assert (refused.status_code, "Nothing was done." in refused.text) == (409, True)
        visitor.token = opened_for
        assert (await visitor.post("/sign-out")).status_code == 303
    async with house.database.transaction(House()) as session:
        assert await session.scalar(select(func.count()).where(col(CustomRole.title) == title)) == 0


async def test_another_membership_moves_nobody(house: RunningHouse) -> None:
    """Who is signed in for one organization stays there, though the other's name comes first."""
    who = await member(house, "owner", organizations=(LINDENHOF,))
    async with at_pages(house, who) as visitor:
        async with house.database.transaction(House()) as session:
            found = select(col(Organization.id)).where(col(Organization.key) == NORTHLIGHT)
            northlight = (await session.scalars(found)).one()
            session.add(Membership(organization_id=northlight, person_id=who.person_id, role="owner"))
        assert hidden(await visitor.get("/seats"), "seat_id") == str(northlight)
