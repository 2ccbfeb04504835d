"""A journey waits for a session beyond its appointment, wherever that is moved."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.journeys.engine import apply
from domain.journeys.patience import next_due, on_time, waiting
from domain.journeys.state import AppointmentChanged, AppointmentHeld, FormCompleted, JourneyState, NoteSigned
from domain.refusals import StepNotOpen
from tests.domain.test_journeys import APPOINTMENT, CONSENTS, DEMO, NOW, TO_SESSION, changed, phq9, run


def test_a_session_is_waited_for_until_after_its_appointment_wherever_that_is_moved() -> None:
    ends, later = NOW + timedelta(days=59), NOW + timedelta(days=170)
    held = AppointmentHeld(appointment_id=APPOINTMENT, ends=ends)
    state = run(CONSENTS, phq9(12), held, changed("confirmed")).state
    assert promised(state) == ("first-session", ends + timedelta(days=90))
    moved = apply(DEMO, state, changed("moved", ends=later), NOW)
    assert promised(moved.state) == ("first-session", later + timedelta(days=90))
    assert [entry.what for entry in moved.entries] == ["appointment-moved"]
    assert on_time(DEMO, moved.state, later) is None
    with pytest.raises(StepNotOpen):
        apply(DEMO, moved.state, changed("moved", ends=later), NOW)


def test_a_session_moved_after_it_was_told_that_it_takes_long_is_no_longer_late() -> None:
    state = run(*TO_SESSION).state
    late = on_time(DEMO, state, NOW + timedelta(days=75))
    assert late is not None
    assert late.state.escalated
    later = NOW + timedelta(days=170)
    moved = apply(DEMO, late.state, changed("moved", ends=later), NOW + timedelta(days=76)).state
    assert (moved.escalated, next_due(DEMO, moved)) == (False, later + timedelta(days=75))


def test_the_next_session_is_not_counted_from_the_last_one() -> None:
    done = (changed("completed"), NoteSigned(appointment_id=APPOINTMENT), FormCompleted(form="session-feedback"))
    rested = on_time(DEMO, run(*TO_SESSION[:3], changed("confirmed", ends=NOW), *done).state, NOW + timedelta(days=3))
    assert rested is not None
    ends = NOW + timedelta(days=40)
    held = AppointmentHeld(appointment_id=UUID(int=8), ends=ends)
    state = apply(DEMO, apply(DEMO, rested.state, held, NOW).state, _of_eight("confirmed"), NOW).state
    assert promised(state) == ("follow-up", ends + timedelta(days=90))


def _of_eight(change: str) -> AppointmentChanged:
    return changed(change).model_copy(update={"appointment_id": UUID(int=8)})


def promised(state: JourneyState) -> tuple[str, datetime]:
    wait = waiting(DEMO, state)
    assert wait is not None
    return wait.step, wait.until
