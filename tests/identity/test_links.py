"""Links in e-mails: once, in time, for one thing; and what a password has to be on the way."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from domain.actors import House, Operator
from domain.refusals import InvalidInput, LinkExpired, NotSignedIn, WrongCredentials
from models import Membership, OneTimeToken, Organization, Person, SignInSession
from tests.fixtures.house import RunningHouse
from tests.fixtures.mailbox import link_for
from tests.identity.people import NORTHLIGHT, OTHER, PASSWORD, Somebody, member, opened, patient
from usecases.identity import accounts, invitations
from usecases.identity.accounts import NewPassword
from usecases.identity.doors import Door
from usecases.identity.invitations import Accept, Invite
from usecases.identity.sessions import SignedIn, identify, open_session
from usecases.identity.signing_in import SignIn, sign_in
from usecases.identity.tokens import new_token, token_hash

STAFF = Door("organization")


async def link(house: RunningHouse, person_id: UUID, purpose: str, organization_id: UUID | None = None) -> str:
    token = new_token()
    async with house.database.transaction(House()) as session:
        session.add(
            OneTimeToken(
                token_hash=token_hash(token),
                person_id=person_id,
                purpose=purpose,
                organization_id=organization_id,
                expires_at=house.context.now() + timedelta(hours=1),
            )
        )
    return token


async def organization_id(house: RunningHouse, key: str = NORTHLIGHT) -> UUID:
    async with house.database.transaction(House()) as session:
        return (await session.scalars(select(Organization).filter_by(key=key))).one().id


async def statuses(house: RunningHouse, person_id: UUID) -> set[tuple[str, str]]:
    async with house.database.transaction(House()) as session:
        rows = (await session.scalars(select(Membership).filter_by(person_id=person_id))).all()
    return {(row.role, row.status) for row in rows}


async def opens(house: RunningHouse, who: Somebody, password: str) -> bool:
    try:
        return isinstance(
            await sign_in(house.context, who.door, SignIn(email=who.email, password=password), "here"), SignedIn
        )
    except WrongCredentials:
        return False


async def test_a_reset_ends_every_sign_in_and_voids_the_other_links(house: RunningHouse) -> None:
    who = await patient(house)
    old, first, second = (
        await opened(house, who),
        await link(house, who.person_id, "reset"),
        await link(house, who.person_id, "reset"),
    )
    await accounts.reset_password(house.context, who.door, NewPassword(token=first, password=OTHER), "here")
    with pytest.raises(NotSignedIn):
        await identify(house.context, who.door, old.token)
    assert await opens(house, who, OTHER)
    assert not await opens(house, who, PASSWORD)
    for spent in (first, second):
        with pytest.raises(LinkExpired):
            await accounts.reset_password(house.context, who.door, NewPassword(token=spent, password=PASSWORD), "here")


async def test_a_reset_ends_the_sign_in_that_began_before_it(house: RunningHouse) -> None:
    who = await patient(house)
    token = await link(house, who.person_id, "reset")
    async with house.database.transaction(House()) as session:
        as_the_old_password_was_right = await session.get_one(Person, who.person_id)
    await accounts.reset_password(house.context, who.door, NewPassword(token=token, password=OTHER), "here")
    with pytest.raises(WrongCredentials):
        await open_session(house.context, who.door, as_the_old_password_was_right, "cookie")
    async with house.database.transaction(House()) as session:
        assert list(await session.scalars(select(SignInSession).filter_by(person_id=who.person_id))) == []


async def test_a_race_for_a_reset_link_has_one_winner(house: RunningHouse) -> None:
    who = await patient(house)
    token = await link(house, who.person_id, "reset")
    words = [f"{OTHER} number {n}" for n in range(6)]
    tries = [
        accounts.reset_password(house.context, who.door, NewPassword(token=token, password=each), "here")
        for each in words
    ]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(each is None for each in answers) == 1
    assert sum(isinstance(each, LinkExpired) for each in answers) == 5
    assert [await opens(house, who, each) for each in words].count(True) == 1


async def test_a_refused_password_leaves_the_link_good(house: RunningHouse) -> None:
    who = await patient(house)
    token = await link(house, who.person_id, "reset")
    for bad in ("password123", "robin walks alone", "the aurora at night"):
        with pytest.raises(InvalidInput):
            await accounts.reset_password(house.context, who.door, NewPassword(token=token, password=bad), "here")
        assert await opens(house, who, PASSWORD)
    await accounts.reset_password(house.context, who.door, NewPassword(token=token, password=OTHER), "here")


async def test_a_link_is_for_one_purpose_one_door_and_one_hour(house: RunningHouse) -> None:
    who = await patient(house)
    for purpose, door in (("verify", who.door), ("invite", who.door), ("reset", STAFF)):
        token = await link(house, who.person_id, purpose)
        with pytest.raises(LinkExpired):
            await accounts.reset_password(house.context, door, NewPassword(token=token, password=OTHER), "here")
    late = await link(house, who.person_id, "reset")
    async with house.database.transaction(House()) as session:
        mine = update(OneTimeToken).where(col(OneTimeToken.token_hash) == token_hash(late))
        await session.execute(mine.values(expires_at=house.context.now()))
    with pytest.raises(LinkExpired):
        await accounts.reset_password(house.context, who.door, NewPassword(token=late, password=OTHER), "here")
    assert await opens(house, who, PASSWORD)


async def test_an_invited_person_sets_a_password_and_comes_in(house: RunningHouse) -> None:
    owner = await member(house, "owner")
    northlight = await organization_id(house)
    operator = Operator(northlight, owner.person_id, frozenset({"owner"}))
    email = f"{uuid4().hex}@staff.example"
    wanted = Invite(email=email, given_name="Kim", family_name="Okoro", roles=("finance", "compliance"))
    person_id = await invitations.invite(house.context, operator, wanted)
    before = await link_for(house, email)
    assert await invitations.invite(house.context, operator, wanted) == person_id
    assert await statuses(house, person_id) == {("finance", "invited"), ("compliance", "invited")}
    who = Somebody(owner.host, email, STAFF, person_id)
    assert not await opens(house, who, "!")
    token = (await link_for(house, email, but=before)).rsplit("token=", 1)[1]
    with pytest.raises(LinkExpired):
        await invitations.invitation(house.context, STAFF, before.rsplit("token=", 1)[1])
    view = await invitations.invitation(house.context, STAFF, token)
    assert (view.organization, view.email, view.new) == ("Northlight Health", email, True)
    for bad in ("", "short", "okoro and then some"):
        with pytest.raises(InvalidInput):
            await invitations.accept(house.context, STAFF, Accept(token=token, password=bad), "here")
    assert await statuses(house, person_id) == {("finance", "invited"), ("compliance", "invited")}
    await invitations.accept(house.context, STAFF, Accept(token=token, password=PASSWORD), "here")
    assert await statuses(house, person_id) == {("finance", "active"), ("compliance", "active")}
    assert await opens(house, who, PASSWORD)
    with pytest.raises(LinkExpired):
        await invitations.accept(house.context, STAFF, Accept(token=token, password=OTHER), "here")


async def test_a_race_for_an_invitation_has_one_winner(house: RunningHouse) -> None:
    northlight = await organization_id(house)
    async with house.database.transaction(House()) as session:
        person = Person(email=f"{uuid4().hex}@staff.example", password_hash="!", given_name="Kim", family_name="Okoro")
        session.add(person)
        await session.flush()
        session.add(Membership(organization_id=northlight, person_id=person.id, role="finance", status="invited"))
    token = await link(house, person.id, "invite", northlight)
    words = [f"{OTHER} number {n}" for n in range(4)]
    tries = [invitations.accept(house.context, STAFF, Accept(token=token, password=each), "here") for each in words]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(each, UUID) for each in answers) == 1
    assert sum(isinstance(each, LinkExpired) for each in answers) == 3
    who = Somebody("", person.email, STAFF, person.id)
    assert [await opens(house, who, each) for each in words].count(True) == 1


async def test_an_account_that_exists_keeps_its_password(house: RunningHouse) -> None:
    lindenhof = await organization_id(house, "lindenhof")
    owner, who = await member(house, "owner"), await member(house, "care-coordinator")
    operator = Operator(lindenhof, owner.person_id, frozenset({"owner"}))
    wanted = Invite(email=who.email.upper(), given_name="No", family_name="Body", roles=("finance",))
    assert await invitations.invite(house.context, operator, wanted) == who.person_id
    assert await statuses(house, who.person_id) == {("care-coordinator", "active"), ("finance", "invited")}
    token = (await link_for(house, who.email)).rsplit("token=", 1)[1]
    assert not (await invitations.invitation(house.context, STAFF, token)).new
    await invitations.accept(house.context, STAFF, Accept(token=token, password=OTHER), "here")
    assert await opens(house, who, PASSWORD)
    assert not await opens(house, who, OTHER)
    identity = await identify(house.context, who.door, (await opened(house, who)).token)
    assert len(identity.seats) == 2
