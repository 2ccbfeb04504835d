"""Codes and the second step, on PostgreSQL: what is good is good once, and what is wrong leaves nothing behind."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from domain.actors import House
from domain.refusals import (
    InvalidInput,
    NotInThisState,
    NotSignedIn,
    SecondStepOver,
    StepUpNeeded,
    TooManyRequests,
    WrongCode,
    WrongCredentials,
    WrongPassword,
)
from models import AuthenticatorApp, PendingSignIn, RecoveryCode, SignInSession
from tests.fixtures.house import RunningHouse
from tests.identity.conftest import forget_tries
from tests.identity.people import (
    PASSWORD,
    Somebody,
    code_at,
    count,
    half_a_minute_later,
    identity_of,
    later,
    long_ago,
    member,
    opened,
    patient,
    with_app,
)
from usecases.identity import authenticator_app, confirming, security
from usecases.identity.authenticator_app import Enrol
from usecases.identity.confirming import Confirm
from usecases.identity.doors import Door
from usecases.identity.sessions import SignedIn, identify
from usecases.identity.signing_in import SecondStep, SecondStepDue, SignIn, second_step, sign_in


async def due(house: RunningHouse, who: Somebody) -> str:
    answer = await sign_in(house.context, who.door, SignIn(email=who.email, password=PASSWORD), "here")
    assert isinstance(answer, SecondStepDue)
    return answer.pending_token


async def test_an_app_is_enrolled_with_its_first_code_and_codes_on_paper(house: RunningHouse) -> None:
    who = await patient(house)
    identity = await identity_of(house, who)
    offered = authenticator_app.offer(house.context, identity, "Aurora")
    with pytest.raises(InvalidInput):
        await authenticator_app.enrol(house.context, identity, Enrol(sealed=offered.sealed, code="000000x"))
    assert await count(house, AuthenticatorApp, who) == 0
    right = Enrol(sealed=offered.sealed, code=code_at(offered.secret, house.context.now()))
    codes = await authenticator_app.enrol(house.context, identity, right)
    assert len(set(codes)) == 10
    async with house.database.transaction(House()) as session:
        row = (await session.scalars(select(AuthenticatorApp).filter_by(person_id=who.person_id))).one()
        hashes = (await session.scalars(select(col(RecoveryCode.code_hash)).filter_by(person_id=who.person_id))).all()
    assert offered.secret not in row.sealed_secret
    assert not set(codes) & set(hashes)
    with pytest.raises(NotInThisState):
        await authenticator_app.enrol(house.context, identity, right)


async def test_a_password_alone_no_longer_opens(house: RunningHouse) -> None:
    who = await member(house, "care-coordinator")
    first = await sign_in(house.context, who.door, SignIn(email=who.email, password=PASSWORD), "here")
    assert isinstance(first, SignedIn)
    held = await with_app(house, who)
    token = await due(house, who)
    with pytest.raises(NotSignedIn):
        await identify(house.context, who.door, token)
    code = SecondStep(code=code_at(held.secret, house.context.now()))
    signed_in = await second_step(house.context, who.door, token, code)
    assert (await identify(house.context, who.door, signed_in.token)).person_id == who.person_id
    for again in (token, await due(house, who)):
        with pytest.raises((SecondStepOver, WrongCode)):
            await second_step(house.context, who.door, again, code)


async def test_a_pending_sign_in_belongs_to_its_door_and_kind(house: RunningHouse) -> None:
    who = await member(house, "affiliate", "care-coordinator")
    held = await with_app(house, who)
    token, code = await due(house, who), SecondStep(code=held.codes[0])
    with pytest.raises(SecondStepOver):
        await second_step(house.context, Door("affiliate"), token, code)
    with pytest.raises(SecondStepOver):
        await second_step(house.context, who.door, token, code, "bearer")
    await second_step(house.context, who.door, token, code)


async def test_five_tries_and_five_minutes(house: RunningHouse) -> None:
    who = await member(house, "care-coordinator")
    held = await with_app(house, who)
    await forget_tries(house)
    token, right = await due(house, who), SecondStep(code=held.codes[0])
    with pytest.raises(SecondStepOver):
        await second_step(later(house.context, timedelta(minutes=6)), who.door, token, right)
    for _ in range(5):
        with pytest.raises(WrongCode):
            await second_step(house.context, who.door, token, SecondStep(code="123456"))
    with pytest.raises(SecondStepOver):
        await second_step(house.context, who.door, token, right)
    token = await due(house, who)
    for _ in range(5):
        with pytest.raises(WrongCode):
            await second_step(house.context, who.door, token, SecondStep(code="123456"))
    token = await due(house, who)
    with pytest.raises(TooManyRequests):
        await second_step(house.context, who.door, token, right)
    assert (await security.security_page(house.context, await identity_of(house, who))).factors.codes_left == 10


async def test_a_code_is_good_once_even_in_a_race(house: RunningHouse) -> None:
    who = await member(house, "care-coordinator")
    held = await with_app(house, who)
    for code in (code_at(held.secret, house.context.now()), held.codes[3]):
        await forget_tries(house)
        tokens = [await due(house, who) for _ in range(4)]
        tries = [second_step(house.context, who.door, token, SecondStep(code=code)) for token in tokens]
        answers = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(isinstance(each, SignedIn) for each in answers) == 1
        assert sum(isinstance(each, WrongCode) for each in answers) == 3


async def test_a_pending_sign_in_completes_once_even_in_a_race(house: RunningHouse) -> None:
    who = await member(house, "care-coordinator")
    held = await with_app(house, who)
    token, before = await due(house, who), await count(house, SignInSession, who)
    tries = [second_step(house.context, who.door, token, SecondStep(code=code)) for code in held.codes[:4]]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(each, SignedIn) for each in answers) == 1
    assert await count(house, SignInSession, who) == before + 1
    assert (await security.security_page(house.context, await identity_of(house, who))).factors.codes_left == 9


async def test_the_code_of_somebody_else_opens_nothing(house: RunningHouse) -> None:
    who, other = await member(house, "care-coordinator"), await member(house, "care-coordinator")
    await with_app(house, who)
    theirs = await with_app(house, other)
    for code in (theirs.codes[0], code_at(theirs.secret, house.context.now())):
        with pytest.raises(WrongCode):
            await second_step(house.context, who.door, await due(house, who), SecondStep(code=code))
    assert (await security.security_page(house.context, await identity_of(house, other))).factors.codes_left == 10


async def test_a_wrong_password_never_leads_to_the_second_step(house: RunningHouse) -> None:
    who = await member(house, "care-coordinator")
    await with_app(house, who)
    with pytest.raises(WrongCredentials):
        await sign_in(house.context, who.door, SignIn(email=who.email, password="wrong words here"), "here")
    assert await count(house, PendingSignIn, who) == 0


async def test_stepping_up_takes_the_factor_one_has_and_changes_the_token(house: RunningHouse) -> None:
    who = await member(house, "owner")
    token = (await opened(house, who)).token
    await long_ago(house, who)
    identity = await identify(house.context, who.door, token)
    with pytest.raises(StepUpNeeded):
        await security.new_recovery_codes(house.context, identity)
    with pytest.raises(WrongPassword):
        await confirming.confirm(house.context, identity, Confirm(password="wrong words here"))
    fresh = await confirming.confirm(house.context, identity, Confirm(password=PASSWORD))
    with pytest.raises(NotSignedIn):
        await identify(house.context, who.door, token)
    assert (await identify(house.context, who.door, fresh.token)).session_id == identity.session_id
    held = await with_app(house, who)
    await long_ago(house, who)
    identity = await identify(house.context, who.door, fresh.token)
    with pytest.raises(WrongCode):
        await confirming.confirm(house.context, identity, Confirm(password=PASSWORD))
    code = code_at(held.secret, house.context.now())
    assert await confirming.confirm(house.context, identity, Confirm(code=code))
    with pytest.raises(WrongCode):
        await confirming.confirm(house.context, identity, Confirm(code=code))


async def test_new_codes_make_the_old_ones_void(house: RunningHouse) -> None:
    who = await member(house, "care-coordinator")
    held = await with_app(house, who)
    new = await security.new_recovery_codes(house.context, await identity_of(house, who))
    with pytest.raises(WrongCode):
        await second_step(house.context, who.door, await due(house, who), SecondStep(code=held.codes[0]))
    typed = new[0].lower().replace("-", " ")
    assert await second_step(house.context, who.door, await due(house, who), SecondStep(code=typed))


async def test_removing_a_factor_ends_the_other_sign_ins(house: RunningHouse) -> None:
    who = await member(house, "care-coordinator")
    await with_app(house, who)
    other, mine = await opened(house, who), await opened(house, who)
    pending = await due(house, who)
    identity = await identify(house.context, who.door, mine.token)
    await long_ago(house, who)
    stale = await identify(house.context, who.door, mine.token)
    with pytest.raises(StepUpNeeded):
        await authenticator_app.remove(house.context, stale)
    assert await count(house, AuthenticatorApp, who) == 1
    await authenticator_app.remove(house.context, identity)
    assert await identify(house.context, who.door, mine.token)
    with pytest.raises(NotSignedIn):
        await identify(house.context, who.door, other.token)
    with pytest.raises(SecondStepOver):
        await second_step(house.context, who.door, pending, SecondStep(code="123456"))
    assert await count(house, RecoveryCode, who) == 0
    again = await sign_in(house.context, who.door, SignIn(email=who.email, password=PASSWORD), "here")
    assert isinstance(again, SignedIn)


async def test_the_roles_that_need_a_second_factor_are_asked(house: RunningHouse) -> None:
    owner, plain = await member(house, "owner"), await member(house, "care-coordinator")
    assert (await opened(house, owner)).asked_to_enrol
    assert not (await opened(house, plain)).asked_to_enrol
    await with_app(house, owner)
    await half_a_minute_later(house, owner)
    assert not (await opened(house, owner)).asked_to_enrol
