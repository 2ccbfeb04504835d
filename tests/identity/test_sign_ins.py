"""Open sign-ins: how long they last, what ends them, and whom they let act for whom."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.actors import Affiliate, House
from domain.refusals import NotAllowed, NotSignedIn
from models import Organization, SignInSession
from tests.fixtures.house import PARTNERS, RunningHouse
from tests.identity.people import LINDENHOF, NORTHLIGHT, OTHER, Somebody, as_if, later, member, opened, patient
from usecases.identity import endings, security
from usecases.identity.accounts import ChangePassword, change_password
from usecases.identity.seats import TakeSeat, switch_seat
from usecases.identity.sessions import SignedIn, identify


async def lives(house: RunningHouse, who: Somebody, signed_in: SignedIn, after: timedelta = timedelta()) -> bool:
    try:
        await identify(later(house.context, after), who.door, signed_in.token)
    except NotSignedIn:
        return False
    return True


@pytest.mark.parametrize(("role", "idle"), [("owner", 60), ("care-coordinator", 120)])
async def test_staff_who_go_away_are_signed_out(house: RunningHouse, role: str, idle: int) -> None:
    who = await member(house, role)
    signed_in = await opened(house, who)
    assert await lives(house, who, signed_in, timedelta(minutes=idle - 1))
    assert await lives(house, who, signed_in, timedelta(minutes=2 * idle - 3))
    assert not await lives(house, who, signed_in, timedelta(minutes=3 * idle))


async def test_using_it_does_not_make_it_last_for_ever(house: RunningHouse) -> None:
    who = await member(house, "owner")
    signed_in = await opened(house, who)
    for minutes in range(30, 10 * 60, 30):
        assert await lives(house, who, signed_in, timedelta(minutes=minutes))
    assert not await lives(house, who, signed_in, timedelta(hours=10, seconds=1))


async def test_a_patient_stays_for_two_weeks_of_days(house: RunningHouse) -> None:
    who = await patient(house)
    signed_in = await opened(house, who)
    for half_days in range(1, 28):
        assert await lives(house, who, signed_in, timedelta(hours=12 * half_days))
    assert not await lives(house, who, signed_in, timedelta(days=14))
    again = await opened(house, who)
    assert not await lives(house, who, again, timedelta(days=1))


async def test_seen_is_written_once_a_minute(house: RunningHouse) -> None:
    who = await patient(house)
    signed_in = await opened(house, who)

    async def seen() -> SignInSession:
        async with house.database.transaction(House()) as session:
            return (await session.scalars(select(SignInSession).filter_by(person_id=who.person_id))).one()

    first = (await seen()).seen_at
    await lives(house, who, signed_in, timedelta(seconds=50))
    assert (await seen()).seen_at == first
    await lives(house, who, signed_in, timedelta(seconds=70))
    assert (await seen()).seen_at > first


async def test_a_new_password_ends_every_other_sign_in(house: RunningHouse) -> None:
    who = await member(house, "care-coordinator")
    mine, other, app = await opened(house, who), await opened(house, who), await opened(house, who, "bearer")
    identity = await identify(house.context, who.door, mine.token)
    await change_password(house.context, identity, ChangePassword(password=OTHER))
    assert await lives(house, who, mine)
    assert not await lives(house, who, other)
    with pytest.raises(NotSignedIn):
        await identify(house.context, who.door, app.token, "bearer")


async def test_one_and_all_can_be_signed_out_but_nobody_else(house: RunningHouse) -> None:
    who, stranger = await member(house, "care-coordinator"), await member(house, "care-coordinator")
    mine, other, theirs = await opened(house, who), await opened(house, who), await opened(house, stranger)
    identity = await identify(house.context, who.door, mine.token)
    their_id = (await identify(house.context, stranger.door, theirs.token)).session_id
    await endings.sign_out_one(house.context, identity, their_id)
    assert await lives(house, stranger, theirs)
    shown = (await security.security_page(house.context, identity)).sign_ins
    assert [(row.browser, row.system, row.portal) for row in shown] == [("Firefox", "Linux", "organization")] * 2
    (not_this,) = [row.id for row in shown if not row.this]
    await endings.sign_out_one(house.context, identity, not_this)
    assert not await lives(house, who, other)
    await endings.sign_out_everywhere(house.context, identity)
    assert not await lives(house, who, mine)
    assert await lives(house, stranger, theirs)


async def test_what_has_idled_out_is_not_shown(house: RunningHouse) -> None:
    who = await member(house, "care-coordinator")
    await opened(house, who)
    await as_if(house, who, seen_at=house.context.now() - timedelta(hours=3))
    identity = await identify(house.context, who.door, (await opened(house, who)).token)
    assert [row.this for row in (await security.security_page(house.context, identity)).sign_ins] == [True]


async def test_a_partner_of_two_organizations_changes_between_them(house: RunningHouse) -> None:
    who = await member(house, "affiliate", organizations=(NORTHLIGHT, LINDENHOF), host=PARTNERS, portal="affiliate")
    signed_in = await opened(house, who)
    identity = await identify(house.context, who.door, signed_in.token)
    seats = {seat.id for seat in identity.seats}
    assert isinstance(identity.actor, Affiliate)
    (other,) = seats - {identity.actor.organization_id}
    await switch_seat(house.context, identity.session_id, identity.seats, TakeSeat(seat_id=other))
    changed = await identify(house.context, who.door, signed_in.token)
    assert isinstance(changed.actor, Affiliate)
    assert changed.actor.organization_id == other
    one = await member(house, "affiliate", host=PARTNERS, portal="affiliate")
    narrow = await identify(house.context, one.door, (await opened(house, one)).token)
    async with house.database.transaction(House()) as session:
        foreign = (await session.scalars(select(Organization).filter_by(key=LINDENHOF))).one()
    with pytest.raises(NotAllowed):
        await switch_seat(house.context, narrow.session_id, narrow.seats, TakeSeat(seat_id=foreign.id))
