"""What a sign-in is worth: made by an act of its own, random, and ended for good."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from domain.access.permissions import Portal
from domain.actors import House
from domain.refusals import WrongCredentials
from models import RecoveryCode, SignInSession
from portals.core.door import SESSION_COOKIE
from tests.fixtures.house import AURORA, ORGANIZATIONS, PARTNERS, SPECIALISTS, RunningHouse
from tests.fixtures.http import http_client
from tests.identity.people import (
    OTHER,
    PASSWORD,
    Somebody,
    as_if,
    at_pages,
    count,
    long_ago,
    member,
    opened,
    patient,
    with_app,
)
from tests.identity.test_links import link
from usecases.identity.accounts import NewPassword, reset_password
from usecases.identity.recovery_codes import BYTES
from usecases.identity.signing_in import SecondStepDue, SignIn, sign_in
from usecases.identity.tokens import new_token, token_hash


async def bearer_status(house: RunningHouse, who: Somebody, token: str) -> int:
    headers = {"host": f"{who.host}:{house.settings.port}", "authorization": f"Bearer {token}"}
    async with http_client(base_url=f"http://127.0.0.1:{house.settings.port}", headers=headers) as client:
        return (await client.get("/api/seats")).status_code


def test_tokens_cannot_be_guessed_and_are_never_the_same() -> None:
    made = {new_token() for _ in range(2000)}
    assert len(made) == 2000
    assert all(len(token) * 6 >= 256 for token in made)


async def test_only_the_hash_of_a_token_is_kept(house: RunningHouse) -> None:
    who = await patient(house)
    token = (await opened(house, who)).token
    async with house.database.transaction(House()) as session:
        kept = (await session.scalars(select(SignInSession).where(col(SignInSession.person_id) == who.person_id))).one()
    assert kept.token_hash == token_hash(token)
    assert token not in str(kept.model_dump())


async def test_recovery_codes_are_long_enough_to_be_kept_as_plain_hashes(house: RunningHouse) -> None:
    who = await member(house, "owner")
    held = await with_app(house, who)
    assert BYTES * 8 >= 112
    assert {len(code.replace("-", "")) * 5 for code in held.codes} == {BYTES * 8}
    async with house.database.transaction(House()) as session:
        mine = select(col(RecoveryCode.code_hash)).where(col(RecoveryCode.person_id) == who.person_id)
        kept = set(await session.scalars(mine))
    assert kept == {token_hash(code.replace("-", "")) for code in held.codes}


@pytest.mark.parametrize(
    ("host", "portal", "role"),
    [(AURORA, "patient", ""), (ORGANIZATIONS, "organization", "owner"), (PARTNERS, "affiliate", "affiliate")],
)
async def test_signing_out_is_on_every_page_and_ends_it_on_our_side(
    house: RunningHouse, host: str, portal: Portal, role: str
) -> None:
    who = await patient(house) if portal == "patient" else await member(house, role, host=host, portal=portal)
    async with at_pages(house, who) as visitor:
        for path in ("/", "/security"):
            assert 'action="/sign-out"' in (await visitor.get(path)).text, path
        token = visitor.cookies[SESSION_COOKIE]
        await visitor.post("/sign-out")
        assert SESSION_COOKIE not in visitor.cookies
        visitor.cookies[SESSION_COOKIE] = token
        assert (await visitor.get("/security")).headers["location"].startswith("/sign-in")
    assert await count(house, SignInSession, who) == 0


async def test_a_cookie_is_no_bearer_and_a_bearer_no_cookie(house: RunningHouse) -> None:
    who = await member(house, "care-coordinator")
    cookie, bearer = (await opened(house, who)).token, (await opened(house, who, "bearer")).token
    assert (await bearer_status(house, who, bearer), await bearer_status(house, who, cookie)) == (200, 401)
    async with house.visitor(who.host) as visitor:
        visitor.cookies[SESSION_COOKIE] = bearer
        assert (await visitor.get("/security")).headers["location"].startswith("/sign-in")


async def test_a_session_is_of_one_door(house: RunningHouse) -> None:
    who = await patient(house)
    token = (await opened(house, who)).token
    for host in (SPECIALISTS, ORGANIZATIONS, PARTNERS, "marigold.localhost"):
        async with house.visitor(host) as visitor:
            visitor.cookies[SESSION_COOKIE] = token
            assert (await visitor.get("/security")).headers["location"].startswith("/sign-in"), host


async def test_nothing_but_signing_in_begins_a_session(house: RunningHouse) -> None:
    who = await patient(house)
    async with house.visitor(AURORA) as visitor:
        for path in ("/", "/sign-in", "/register", "/forgot-password", "/verify?token=" + "t" * 30):
            await visitor.get(path)
            assert SESSION_COOKIE not in visitor.cookies, path
        verify = await link(house, who.person_id, "verify")
        assert (await visitor.get(f"/verify?token={verify}")).status_code == 200
        assert SESSION_COOKIE not in visitor.cookies
    assert await count(house, SignInSession, who) == 0


async def test_what_has_expired_opens_nothing(house: RunningHouse) -> None:
    who = await member(house, "care-coordinator")
    bearer = (await opened(house, who, "bearer")).token
    assert await bearer_status(house, who, bearer) == 200
    await as_if(house, who, expires_at=house.context.now() - timedelta(seconds=1))
    assert await bearer_status(house, who, bearer) == 401


async def test_a_forgotten_password_is_no_way_past_the_second_step(house: RunningHouse) -> None:
    who = await member(house, "owner")
    await with_app(house, who)
    token = await link(house, who.person_id, "reset")
    await reset_password(house.context, who.door, NewPassword(token=token, password=OTHER), "a")
    assert await count(house, SignInSession, who) == 0
    answer = await sign_in(house.context, who.door, SignIn(email=who.email, password=OTHER), "a")
    assert isinstance(answer, SecondStepDue)
    with pytest.raises(WrongCredentials):
        await sign_in(house.context, who.door, SignIn(email=who.email, password=PASSWORD), "a")
    assert await count(house, SignInSession, who) == 0


async def test_ending_sign_ins_asks_who_is_there(house: RunningHouse) -> None:
    who = await member(house, "care-coordinator")
    await opened(house, who)
    async with at_pages(house, who) as visitor:
        page = (await visitor.get("/security")).text
        found = re.search(r"/security/sign-ins/[^/]+/end", page)
        assert found
        await long_ago(house, who)
        for path in (found[0], "/security/sign-out-everywhere"):
            assert (await visitor.post(path)).headers["location"].startswith("/confirm-it-is-you?next="), path
        assert await count(house, SignInSession, who) == 2
        await visitor.get("/confirm-it-is-you")
        await visitor.post("/confirm-it-is-you", password=PASSWORD)
        await visitor.get("/security")
        await visitor.post("/security/sign-out-everywhere")
    assert await count(house, SignInSession, who) == 0
