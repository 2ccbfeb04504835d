"""What two browsers tell each other, and what nobody else hears."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from pydantic import ValidationError

from domain.refusals import NotFound, NotInThisState, RoomClosed
from tests.fixtures.house import AURORA, RunningHouse
from tests.room.people import Meeting, meeting
from tests.specialist.people import booked, new_specialist
from tests.usecases.steps import new_patient
from usecases.room import signals
from usecases.room.seats import Seat
from usecases.room.signals import Candidate, Description, Signal

OFFER = Signal(description=Description(type="offer", sdp="v=0\r\n"))
ANSWER = Signal(description=Description(type="answer", sdp="v=0\r\n"))
BOTH_HERE = [{"admitted": True}, {"peers": 2, "polite": False}]


async def in_session(house: RunningHouse) -> tuple[Meeting, Seat, Seat]:
    """Both seated, admitted and told so."""
    met = await meeting(house)
    theirs, mine = await met.sit(met.patient), await met.sit(met.colleague.specialist)
    await met.admit()
    theirs, _ = await met.hear(theirs)
    mine, told = await met.hear(mine)
    assert told == BOTH_HERE
    return met, theirs, mine


async def test_who_waits_hears_only_that(house: RunningHouse) -> None:
    met = await meeting(house)
    theirs, mine = await met.sit(met.patient), await met.sit(met.colleague.specialist)
    theirs, told = await met.hear(theirs)
    assert told == [{"admitted": False}]
    assert await met.hear(theirs) == (theirs, [])
    mine, told = await met.hear(mine)
    assert told == [{"admitted": True}]
    for seat in (theirs, mine):
        with pytest.raises(NotInThisState):
            await met.tell(seat, OFFER)
    assert await met.left_in_the_database() == (2, 0)
    await met.admit()
    theirs, told = await met.hear(theirs)
    assert told == [{"admitted": True}, {"peers": 2, "polite": True}]


async def test_each_hears_the_other_word_for_word_and_once(house: RunningHouse) -> None:
    met, theirs, mine = await in_session(house)
    await met.tell(mine, OFFER)
    await met.tell(mine, Signal(candidate=Candidate(candidate="candidate:1 1 udp", sdpMid="0", sdpMLineIndex=0)))
    theirs, told = await met.hear(theirs)
    assert told == [
        {"description": {"type": "offer", "sdp": "v=0\r\n"}},
        {"candidate": {"candidate": "candidate:1 1 udp", "sdpMid": "0", "sdpMLineIndex": 0}},
    ]
    await met.tell(theirs, ANSWER)
    assert (await met.hear(theirs))[1] == []
    mine, told = await met.hear(mine)
    assert told == [{"description": {"type": "answer", "sdp": "v=0\r\n"}}]
    assert (await met.hear(mine))[1] == []


async def test_a_newer_browser_takes_the_place_of_the_older(house: RunningHouse) -> None:
    met, theirs, mine = await in_session(house)
    await met.tell(theirs, OFFER)
    newer = await met.sit(met.patient)
    assert (await met.hear(theirs))[1] == [{"replaced": True}]
    with pytest.raises(NotInThisState):
        await met.tell(theirs, OFFER)
    mine, told = await met.hear(mine)
    assert told == [{"peers": 2, "polite": False}]
    assert (await met.hear(newer))[1] == [{"admitted": True}, {"peers": 2, "polite": True}]
    assert (await met.left_in_the_database())[0] == 2


async def test_an_interrupted_stream_goes_on_where_it_was(house: RunningHouse) -> None:
    met, theirs, mine = await in_session(house)
    place = signals.position(theirs)
    await met.tell(mine, OFFER)
    token = (await met.enter(met.patient)).token
    again = await signals.join(house.context, met.patient, met.appointment_id, token, theirs.peer, place)
    assert (await met.hear(again))[1] == [{"description": {"type": "offer", "sdp": "v=0\r\n"}}]


async def test_a_cut_that_hits_both_parts_nobody(house: RunningHouse) -> None:
    met, theirs, mine = await in_session(house)
    token = (await met.enter(met.colleague.specialist)).token
    later = replace(house.context, now=lambda: house.context.now() + timedelta(seconds=90))
    place = signals.position(mine)
    mine = await signals.join(later, mine.actor, met.appointment_id, token, mine.peer, place)
    assert (await signals.hear(later, mine)).signals == []
    assert (await signals.hear(later, theirs)).signals == []


async def test_whoever_leaves_is_gone_and_who_is_silent_too(house: RunningHouse) -> None:
    met, theirs, mine = await in_session(house)
    await met.tell(theirs, Signal(bye=True))
    mine, told = await met.hear(mine)
    assert told == [{"peers": 1}]
    theirs = await met.sit(met.patient)
    mine, told = await met.hear(mine)
    assert told == [{"peers": 2, "polite": False}]
    later = replace(house.context, now=lambda: house.context.now() + timedelta(seconds=40))
    assert (await signals.hear(later, mine)).signals == [{"peers": 1}]


async def test_the_end_is_told_and_nothing_is_kept(house: RunningHouse) -> None:
    met, theirs, mine = await in_session(house)
    await met.tell(mine, OFFER)
    await met.finish()
    for seat in (theirs, mine):
        heard = await signals.hear(house.context, seat)
        assert (heard.signals, heard.over) == ([{"over": True}], True)
    assert await met.left_in_the_database() == (0, 0)


async def test_a_token_is_good_for_one_person_one_appointment_and_one_time(house: RunningHouse) -> None:
    met = await meeting(house)
    theirs, mine = await met.enter(met.patient), await met.enter(met.colleague.specialist)
    other = await booked(house, met.patient, met.colleague, theirs.ends_at)
    late = replace(house.context, now=lambda: theirs.closes_at - timedelta(minutes=5))
    too_late = replace(house.context, now=lambda: theirs.closes_at + timedelta(seconds=1))
    peer = uuid4().hex
    for token in (mine.token, "", "x", theirs.token[:-1], f"f{theirs.token}", f"{theirs.token}0"):
        with pytest.raises(RoomClosed):
            await signals.join(house.context, met.patient, met.appointment_id, token, peer)
        with pytest.raises(RoomClosed):
            await signals.post(house.context, met.patient, met.appointment_id, token, peer, Signal(bye=True))
    with pytest.raises(RoomClosed):
        await signals.join(house.context, met.patient, other, theirs.token, peer)
    with pytest.raises(RoomClosed):
        await signals.join(too_late, met.patient, met.appointment_id, theirs.token, peer)
    assert await met.left_in_the_database() == (0, 0)
    await signals.join(late, met.patient, met.appointment_id, theirs.token, peer)
    assert await met.left_in_the_database() == (1, 0)


async def test_a_third_person_hears_and_says_nothing_even_with_a_token(house: RunningHouse) -> None:
    met, _, mine = await in_session(house)
    token = (await met.enter(met.patient)).token
    for stranger in (await new_patient(house, AURORA), (await new_specialist(house)).specialist):
        for appointment_id in (met.appointment_id, uuid4()):
            with pytest.raises(NotFound):
                await signals.join(house.context, stranger, appointment_id, token, mine.peer)
            with pytest.raises(NotFound):
                await signals.post(house.context, stranger, appointment_id, token, mine.peer, OFFER)
        with pytest.raises(NotFound):
            await signals.hear(house.context, replace(mine, actor=stranger))
    assert await met.left_in_the_database() == (2, 0)


@pytest.mark.parametrize(
    "said",
    [
        {"description": {"type": "offer", "sdp": "x" * 30_000}},
        {"candidate": {"candidate": "x" * 3_000}},
        {"description": {"type": "hack"}},
        {"peers": 2},
        {"over": True},
    ],
)
def test_a_signal_is_small_and_nothing_else(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Signal.model_validate(said)
