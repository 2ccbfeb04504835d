"""Sessions by phone and in person: the specialist's word decides, and without it nobody pays."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.appointments import machine
from domain.appointments.state import AppointmentState, Status, TellJourney, keeps_waiting
from domain.appointments.waiting import next_due, on_time, waiting
from domain.refusals import NoRoom, NotInThisState, PatientMayCome, SessionNotNow
from tests.domain.test_appointments import HOUR, NOW, appointment, confirmed, refund_of

MINUTE = timedelta(minutes=1)


def call(**changes: object) -> AppointmentState:
    """By phone, in an hour, for an hour, with fifteen minutes of grace; reminded already."""
    return confirmed(1, modality="phone", reminded=2, **changes)


@pytest.mark.parametrize("modality", ["phone", "in-person"])
def test_the_specialist_begins_it_and_the_patient_was_there(modality: str) -> None:
    state = confirmed(1, modality=modality)
    step = machine.begin(state, state.start)
    assert (step.state.status, step.state.patient_arrived) == (Status.IN_SESSION, True)
    assert (step.entry.what, step.entry.by, step.effects) == ("begun", "specialist", ())
    assert machine.finish(step.state, state.end).state.status is Status.COMPLETED


def test_it_begins_around_its_time_only() -> None:
    state = call()
    for minutes in (-16, 120):
        with pytest.raises(SessionNotNow):
            machine.begin(state, state.start + minutes * MINUTE)
    for minutes in (-15, 119):
        assert machine.begin(state, state.start + minutes * MINUTE).state.status is Status.IN_SESSION


def test_it_has_no_door_and_a_room_is_not_begun() -> None:
    state = call()
    with pytest.raises(NoRoom):
        machine.arrive(state, state.start)
    with pytest.raises(NotInThisState):
        machine.admit(state, state.start)
    by_video = confirmed(1)
    for deed in (machine.begin, machine.report_no_show):
        with pytest.raises(NotInThisState):
            deed(by_video, by_video.start + 20 * MINUTE)


def test_whom_the_specialist_did_not_reach_is_absent_once_the_grace_is_over() -> None:
    state = call()
    with pytest.raises(PatientMayCome):
        machine.report_no_show(state, state.start + 14 * MINUTE)
    step = machine.report_no_show(state, state.start + 15 * MINUTE)
    assert (step.state.status, step.state.absent, refund_of(step)) == (Status.NO_SHOW, "patient", (0, 12000))
    assert (step.entry.what, step.entry.by) == ("missed", "specialist")
    assert [each.absent for each in step.effects if isinstance(each, TellJourney)] == ["patient"]


def test_of_whom_nobody_says_anything_the_specialist_is_absent() -> None:
    state = call()
    wait = waiting(state)
    assert wait is not None
    assert (wait.owner, wait.what, wait.then) == ("specialist", "beginning", "not-held")
    assert wait.until == next_due(state) == state.end + HOUR
    assert on_time(state, state.end + 59 * MINUTE) is None
    step = on_time(state, state.end + HOUR)
    assert step is not None
    assert (step.state.absent, step.entry.by, refund_of(step)) == ("specialist", "clock", (12000, 0))


@pytest.mark.parametrize(
    ("minutes", "late", "back"), [(-30, True, 6000), (10, True, 6000), (24, True, 6000), (25, False, 12000)]
)
def test_who_is_not_called_may_give_up_waiting(minutes: int, late: bool, back: int) -> None:
    """Ten minutes after the grace, in which the specialist may have said that nobody answered."""
    state = call()
    now = state.start + minutes * MINUTE
    step = machine.cancel(state, "patient", now)
    assert (keeps_waiting(state, now), step.state.late, refund_of(step)) == (not late, late, (back, 12000 - back))


def test_what_may_have_taken_place_is_not_called_off_by_the_patient() -> None:
    state = call()
    with pytest.raises(NotInThisState):
        machine.cancel(state, "patient", state.end)
    assert refund_of(machine.cancel(state, "specialist", state.end)) == (12000, 0)
    by_video = confirmed(1, reminded=2)
    assert machine.cancel(by_video, "patient", by_video.end).state.status is Status.CANCELLED


@given(st.integers(-120, 240), st.sampled_from(["begin", "no-show", "cancel", "nothing"]))
def test_the_patient_pays_for_absence_only_on_the_specialists_word(minutes: int, deed: str) -> None:
    state, now = call(), NOW + HOUR + minutes * MINUTE
    deeds = {"begin": machine.begin, "no-show": machine.report_no_show}
    try:
        step = deeds[deed](state, now) if deed in deeds else on_time(state, now)
    except (SessionNotNow, PatientMayCome):
        return
    if step and step.state.status is Status.NO_SHOW:
        assert (step.state.absent == "patient") == (deed == "no-show")
        assert refund_of(step) == ((0, 12000) if deed == "no-show" else (12000, 0))


def test_a_hold_waits_for_its_payment_like_any_other() -> None:
    wait = waiting(appointment(1, modality="phone"))
    assert wait is not None
    assert (wait.owner, wait.what, wait.then) == ("patient", "payment", "released")
