"""Patience does not run out while its engine stands still."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.journeys.engine import apply
from domain.journeys.patience import next_due, on_time, rest, waiting
from domain.journeys.state import JourneyState, TaskDone
from domain.punctual import PUNCTUAL
from tests.domain.test_journeys import CONSENTS, DEMO, NOW, phq9, run, started

HOUR = timedelta(hours=1)
URGENT = run(CONSENTS, phq9(3, "self-harm")).state
"""A call to be made: whoever is to make it is reminded first."""


def woken(state: JourneyState, late: timedelta) -> tuple[JourneyState, list[str]]:
    """After its engine was away from the moment that something was due, for `late`."""
    due = next_due(DEMO, state)
    assert due is not None
    state, story = rest(DEMO, state, due + late), []
    while move := on_time(DEMO, state, due + late):
        state = move.state
        story += [line.what for line in move.entries]
    return state, story


def test_an_urgent_call_outlives_two_days_without_engines() -> None:
    before, due = waiting(DEMO, URGENT), next_due(DEMO, URGENT)
    state, story = woken(URGENT, timedelta(hours=49))
    after = waiting(DEMO, state)
    assert before is not None
    assert after is not None
    assert due is not None
    assert (state.step, len(story)) == ("urgent-call", 1)
    assert after.until == before.until + timedelta(hours=49)
    assert after.next_at > due + timedelta(hours=49)


def test_what_comes_next_is_as_patient_as_ever() -> None:
    state, _ = woken(URGENT, timedelta(days=30))
    later = apply(DEMO, state, TaskDone(step="urgent-call"), NOW + timedelta(days=31)).state
    assert later.rested == timedelta(0)


def test_a_rest_that_is_over_comes_to_its_end_at_once() -> None:
    """Nobody is waited for there."""
    state = run(CONSENTS, phq9(12)).state.model_copy(update={"step": "breather"})
    state, story = woken(state, timedelta(days=30))
    assert (state.step, story[0]) == ("book-follow-up", "waited")


def test_a_clock_that_is_a_moment_late_is_on_time() -> None:
    state = started().state
    due = next_due(DEMO, state)
    assert due is not None
    assert rest(DEMO, state, due + PUNCTUAL - timedelta(seconds=1)) == state
    assert rest(DEMO, state, due - HOUR) == state


@given(st.lists(st.integers(2, 60 * 24 * 40), max_size=8))
def test_whenever_it_was_away_nobody_is_told_twice_at_once(minutes: list[int]) -> None:
    state = started().state
    for each in minutes:
        state, story = woken(state, timedelta(minutes=each))
        if state.ended:
            return
        assert len(story) == 1
