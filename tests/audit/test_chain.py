"""The chain itself: whole ones have no fault, and every tampering is found."""

import random
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.audit import SEAL_AFTER, SEAL_EVERY, Fault, canonical, link, seal_is_due
from tests.audit.chains import BEGAN, KEYS, TAMPERS, THIEF, Chain, entry, grown, signed
from usecases.audit.signing import AuditKeys

ROUNDS = 900
"""A hundred more are done in the database itself: `test_tampering.py`."""


@pytest.fixture(scope="module")
def whole() -> Chain:
    return grown(2 * SEAL_EVERY + 20, random.Random(4))


def test_a_whole_chain_has_no_faults(whole: Chain) -> None:
    assert whole.faults() == whole.faults(anchored=False) == []


def test_every_tampering_is_found(whole: Chain) -> None:
    dice = random.Random(1000)
    for number in range(ROUNDS):
        tampered, how = whole.copy(), TAMPERS[number % len(TAMPERS)]
        how(tampered, dice)
        assert tampered.faults(), f"{how.__name__}, round {number}"


def test_faults_say_where(whole: Chain) -> None:
    tampered = whole.copy()
    del tampered.links[49:52]
    assert Fault("missing", 50) in tampered.faults()
    tampered = whole.copy()
    tampered.links = tampered.links[:199]
    assert [str(fault) for fault in tampered.faults(anchored=False)] == [
        "truncated at 201",
        "truncated at 220",
    ]


def test_a_seal_is_no_head_and_a_strangers_key_is_worth_nothing(whole: Chain) -> None:
    last, count = whole.links[-1], len(whole.seals)
    assert not KEYS.believes(signed("seal", KEYS, last, count), "head")
    assert not KEYS.believes(signed("head", THIEF, last, count), "head")


def test_seals_of_a_former_key_stay_good(whole: Chain) -> None:
    later = AuditKeys(b"the key that came after the first one", [KEYS.public])
    assert whole.head
    assert later.believes(whole.head, "head")
    assert not AuditKeys(b"the key that came after the first one").believes(whole.head, "head")


@given(st.integers(1, 10**9), st.datetimes(timezones=st.just(UTC)), st.text(), st.integers(-11, 11))
def test_the_same_entry_has_the_same_bytes(sequence: int, at: datetime, reason: str, hours: int) -> None:
    """Whatever zone its moment is written in, as after a round trip through the database."""
    made = entry(uuid4(), sequence, random.Random(sequence)).model_copy(update={"at": at, "reason": reason})
    try:
        elsewhere = at.astimezone(timezone(timedelta(hours=hours)))
    except OverflowError:
        elsewhere = at
    again = made.model_copy(update={"at": elsewhere})
    assert canonical(made) == canonical(again)
    assert link("a", made) == link("a", again) != link("b", made)


@given(st.lists(st.tuples(st.text(), st.text()), min_size=2, max_size=2, unique=True))
def test_different_entries_have_different_bytes(pairs: list[tuple[str, str]]) -> None:
    """Nothing slips from one field into the next."""
    made = entry(uuid4(), 1, random.Random(1))
    one, other = ({"act": act, "reason": reason} for act, reason in pairs)
    assert canonical(made.model_copy(update=one)) != canonical(made.model_copy(update=other))


def test_seals_come_by_number_and_by_time() -> None:
    assert seal_is_due(1, BEGAN, 0, None)
    assert not seal_is_due(SEAL_EVERY, BEGAN, 1, BEGAN)
    assert seal_is_due(SEAL_EVERY + 1, BEGAN, 1, BEGAN)
    assert seal_is_due(2, BEGAN + SEAL_AFTER, 1, BEGAN)
