"""Whoever's way to sign in changes hears of it by mail, in their language, without a word of what is new."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlmodel import col

from domain.actors import House
from domain.refusals import InvalidInput, StepUpNeeded
from models import Person
from tests.fixtures.house import AURORA, SANA, RunningHouse
from tests.identity.people import (
    OTHER,
    Somebody,
    code_at,
    identity_of,
    later,
    member,
    patient,
    with_app,
    with_passkey,
)
from tests.identity.test_links import link
from usecases.identity import accounts, authenticator_app, passkeys, security
from usecases.identity.accounts import ChangePassword, NewPassword
from usecases.identity.authenticator_app import Enrol


async def mails_to(house: RunningHouse, who: Somebody, least: int) -> list[dict[str, Any]]:
    """The oldest first, once there are so many."""
    async with asyncio.timeout(15):
        while True:
            found = [mail for mail in await house.sandbox.seen("mails") if mail["to"] == who.email]
            if len(found) >= least:
                return found
            await asyncio.sleep(0.1)


async def subjects(house: RunningHouse, who: Somebody, least: int) -> list[str]:
    return [str(mail["subject"]) for mail in await mails_to(house, who, least)]


async def test_every_change_is_told(house: RunningHouse) -> None:
    who = await member(house, "care-coordinator")
    await with_app(house, who)
    identity, passkey = await identity_of(house, who), await with_passkey(house, who)
    await mails_to(house, who, 1)
    codes = await security.new_recovery_codes(house.context, identity)
    await mails_to(house, who, 2)
    await authenticator_app.remove(house.context, identity)
    await mails_to(house, who, 3)
    await passkeys.remove(house.context, identity, passkey)
    await mails_to(house, who, 4)
    await accounts.change_password(house.context, identity, ChangePassword(password=OTHER))
    assert await subjects(house, who, 5) == [
        "A way to sign in was added",
        "Your recovery codes were renewed",
        "A way to sign in was removed",
        "A way to sign in was removed",
        "Your password was changed",
    ]
    said = str(await mails_to(house, who, 5))
    assert said.count(house.address(who.host) + "/security") >= 5
    for secret in (*codes, OTHER, "Secret", "?token="):
        assert secret not in said


async def test_a_forgotten_password_is_told_too(house: RunningHouse) -> None:
    who = await patient(house)
    token = await link(house, who.person_id, "reset")
    await accounts.reset_password(house.context, who.door, NewPassword(token=token, password=OTHER), "here")
    (mail,) = await mails_to(house, who, 1)
    assert (mail["subject"], "Aurora Health" in mail["text"]) == ("Your password was changed", True)
    assert f"{house.address(AURORA)}/security" in mail["text"]


@pytest.mark.parametrize(
    ("host", "locale", "subject"),
    [(AURORA, "de", "Ihr Passwort wurde geändert"), (SANA, "ar", "تم تغيير كلمة المرور الخاصة بك")],
)
async def test_it_is_told_in_their_language(house: RunningHouse, host: str, locale: str, subject: str) -> None:
    who = await patient(house, host)
    async with house.database.transaction(House()) as session:
        await session.execute(update(Person).where(col(Person.id) == who.person_id).values(locale=locale))
    await accounts.change_password(house.context, await identity_of(house, who), ChangePassword(password=OTHER))
    assert await subjects(house, who, 1) == [subject]


async def test_what_did_not_change_is_not_told(house: RunningHouse) -> None:
    who = await patient(house)
    identity = await identity_of(house, who)
    offered = authenticator_app.offer(house.context, identity, "Aurora")
    with pytest.raises(InvalidInput):
        await authenticator_app.enrol(house.context, identity, Enrol(sealed=offered.sealed, code="000000x"))
    with pytest.raises(InvalidInput):
        await accounts.change_password(house.context, identity, ChangePassword(password="password1234"))
    with pytest.raises(StepUpNeeded):
        await security.new_recovery_codes(later(house.context, timedelta(hours=2)), identity)
    await authenticator_app.remove(house.context, identity)
    await passkeys.remove(house.context, identity, uuid4())
    right = Enrol(sealed=offered.sealed, code=code_at(offered.secret, house.context.now()))
    await authenticator_app.enrol(house.context, identity, right)
    assert await subjects(house, who, 1) == ["A way to sign in was added"]
