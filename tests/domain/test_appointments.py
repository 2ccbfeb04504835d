"""The appointment's state machine: every state is waited for by somebody until a moment, and money adds up."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.appointments import machine
from domain.appointments.records import record_of
from domain.appointments.state import ENDED, AppointmentState, Notify, Refund, Status, TellJourney
from domain.appointments.waiting import next_due, on_time, waiting
from domain.money import Money
from domain.refusals import HoldExpired, NoticeTooShort, NotInThisState, Refusal, RoomClosed
from domain.scheduling.interval import Interval
from domain.scheduling.terms import CancellationTerms, Party

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def appointment(in_hours: float = 72, **changes: object) -> AppointmentState:
    start = NOW + timedelta(hours=in_hours)
    state = AppointmentState(
        appointment_id=uuid4(),
        organization_id=uuid4(),
        start=start,
        end=start + HOUR,
        price=Money(12000, "EUR"),
        terms=CancellationTerms(),
        hold_until=NOW + timedelta(minutes=15),
        arrival_counts=True,
    )
    return state.model_copy(update=changes)


def confirmed(in_hours: float = 72, **changes: object) -> AppointmentState:
    return machine.confirm(appointment(in_hours, **changes), NOW).state


def refund_of(step: machine.Step) -> tuple[int, int]:
    found = [effect for effect in step.effects if isinstance(effect, Refund)]
    return (found[0].amount.amount, found[0].retained.amount) if found else (0, 0)


def test_confirming_tells_the_patient_and_the_journey() -> None:
    step = machine.confirm(appointment(), NOW)
    assert (step.state.status, step.state.paid) == (Status.CONFIRMED, True)
    assert [type(effect).__name__ for effect in step.effects] == [Notify.__name__, TellJourney.__name__]


def test_a_hold_that_is_over_cannot_be_paid() -> None:
    state = appointment()
    machine.check_payable(state, NOW)
    with pytest.raises(HoldExpired):
        machine.check_payable(state, NOW + timedelta(minutes=15))
    with pytest.raises(NotInThisState):
        machine.check_payable(confirmed(), NOW)


@pytest.mark.parametrize(
    ("in_hours", "by", "back", "kept"),
    [
        (24, "patient", 12000, 0),
        (23.9, "patient", 6000, 6000),
        (1, "patient", 6000, 6000),
        (1, "specialist", 12000, 0),
        (1, "organization", 12000, 0),
    ],
)
def test_cancelling_follows_the_terms_pinned_at_booking(in_hours: float, by: str, back: int, kept: int) -> None:
    step = machine.cancel(confirmed(in_hours), by, NOW)  # type: ignore[arg-type]
    assert step.state.status is Status.CANCELLED
    assert refund_of(step) == (back, kept)


@pytest.mark.parametrize(
    ("in_hours", "by", "late", "what"),
    [
        (24, "patient", False, "cancelled"),
        (23.9, "patient", True, "late-cancelled"),
        (1, "specialist", False, "cancelled"),
        (1, "organization", False, "cancelled"),
    ],
)
@pytest.mark.parametrize("price", [Money(12000, "EUR"), Money(0, "EUR")])
def test_a_late_cancellation_can_be_told_whatever_it_costs(
    in_hours: float, by: str, late: bool, what: str, price: Money
) -> None:
    state = confirmed(in_hours, price=price, terms=CancellationTerms(late_fee_percent=0))
    step = machine.cancel(state, by, NOW)  # type: ignore[arg-type]
    record = record_of(step)
    assert (step.state.late, record.late, record.line.what, step.state.fee) == (late, late, what, Money(0, "EUR"))


def test_giving_back_what_was_only_held_is_never_late() -> None:
    assert machine.cancel(appointment(1), "patient", NOW).state.late is False


@pytest.mark.parametrize(
    ("state", "by", "kept"),
    [
        (appointment(), "patient", Status.RELEASED),
        (appointment(), "organization", Status.CANCELLED),
        (appointment(), "specialist", Status.CANCELLED),
        (confirmed(), "patient", Status.CANCELLED),
    ],
)
def test_what_the_patient_only_held_is_given_back_and_not_cancelled(
    state: AppointmentState, by: Party, kept: Status
) -> None:
    record = record_of(machine.cancel(state, by, NOW))
    assert (record.status, record.cancelled_by, record.line.what) == (kept, by, "cancelled")


def test_whoever_did_not_come_is_absent() -> None:
    alone = confirmed(1)
    assert on_time(alone, alone.start + timedelta(minutes=14)) is None
    missed = on_time(alone, alone.start + timedelta(minutes=15))
    assert missed is not None
    assert (missed.state.status, missed.state.absent, refund_of(missed)) == (Status.NO_SHOW, "patient", (0, 12000))
    there = machine.arrive(alone, alone.start).state
    kept_waiting = on_time(there, there.start + timedelta(minutes=15))
    assert kept_waiting is not None
    assert (kept_waiting.state.absent, refund_of(kept_waiting)) == ("specialist", (12000, 0))


def test_who_comes_at_the_last_moment_leaves_ten_minutes_to_be_let_in() -> None:
    alone = confirmed(1)
    grace = alone.start + timedelta(minutes=15)
    came = machine.arrive(alone, grace - timedelta(seconds=1)).state
    again = machine.arrive(came, grace + timedelta(minutes=5)).state
    for state in (came, again):
        assert on_time(state, grace + timedelta(minutes=9, seconds=58)) is None
        step = on_time(state, grace + timedelta(minutes=9, seconds=59))
        assert step is not None
        assert step.state.absent == "specialist"
    in_time = machine.arrive(alone, alone.start + timedelta(minutes=5)).state
    assert next_due(in_time) == grace
    begun_before = alone.model_copy(update={"arrival_counts": False})
    untimed = machine.arrive(begun_before, grace - timedelta(seconds=1)).state
    assert (untimed.status, next_due(untimed)) == (Status.WAITING, grace)


@pytest.mark.parametrize(("minutes", "late", "back", "kept"), [(-1, True, 6000, 6000), (0, False, 12000, 0)])
def test_who_gives_up_waiting_after_the_start_pays_nothing(minutes: int, late: bool, back: int, kept: int) -> None:
    came = machine.arrive(confirmed(1), NOW + HOUR - timedelta(minutes=5)).state
    step = machine.cancel(came, "patient", came.start + timedelta(minutes=minutes))
    assert (step.state.late, refund_of(step)) == (late, (back, kept))


def test_who_does_not_come_and_cancels_after_the_start_pays() -> None:
    step = machine.cancel(confirmed(1), "patient", NOW + HOUR + timedelta(minutes=5))
    assert (step.state.late, refund_of(step)) == (True, (6000, 6000))


def test_moving_carries_the_payment_and_plans_the_reminders_anew() -> None:
    state = confirmed(72)
    reminded = machine.remind(state, NOW).state
    wanted = Interval(state.start + 48 * HOUR, state.end + 48 * HOUR)
    step = machine.reschedule(reminded, wanted, NOW)
    assert (step.state.paid, step.state.moves, step.state.reminded) == (True, 1, 0)
    assert not any(isinstance(effect, Refund) for effect in step.effects)


def test_moving_too_late_or_too_often_is_refused() -> None:
    with pytest.raises(NoticeTooShort):
        machine.check_reschedule(confirmed(23), NOW)
    with pytest.raises(NoticeTooShort):
        machine.check_reschedule(confirmed(72, moves=3), NOW)


def test_the_room_is_open_around_the_session_only() -> None:
    state = confirmed(24)
    with pytest.raises(RoomClosed):
        machine.check_door(state, state.start - timedelta(minutes=16))
    machine.check_door(state, state.start - timedelta(minutes=15))
    with pytest.raises(RoomClosed):
        machine.check_door(state, state.end + timedelta(minutes=60))
    with pytest.raises(RoomClosed):
        machine.check_door(appointment(), NOW)


def test_reminders_do_not_wake_anybody() -> None:
    start = datetime(2026, 11, 10, 6, tzinfo=UTC)  # an hour before is 5 in the morning in London
    state = confirmed().model_copy(update={"start": start, "end": start + HOUR, "patient_zone": "Europe/London"})
    assert [at.hour for at in machine.reminder_times(state)] == [20, 20]


def test_a_session_that_nobody_ends_ends_by_itself() -> None:
    state = machine.admit(machine.arrive(confirmed(1), NOW + HOUR).state, NOW + HOUR).state
    due = next_due(state)
    assert due == state.end + HOUR
    step = on_time(state, due)
    assert step is not None
    assert (step.state.status, step.entry.by) == (Status.COMPLETED, "clock")


acts = st.sampled_from(
    ["confirm", "release", "cancel", "arrive", "admit", "begin", "no-show", "finish", "move", "time"]
)
modalities = st.sampled_from(["video", "phone", "in-person"])


@given(st.lists(acts, max_size=14), st.integers(1, 100), modalities)
def test_whatever_happens_somebody_is_waited_for_until_a_moment(deeds: list[str], in_hours: int, modality: str) -> None:
    """No state without an owner and a deadline; versions only grow; money given back and kept is the price."""
    state, now, given_back = appointment(in_hours, modality=modality), NOW, 0
    for deed in deeds:
        now += timedelta(minutes=7)
        step = _try(state, deed, now)
        if step is None:
            continue
        assert step.state.version == state.version + 1 == step.entry.version
        given_back += sum(refund_of(step))
        state = step.state
        wait = waiting(state)
        assert (wait is None) == (state.status in ENDED)
        if wait:
            due = next_due(state)
            assert due is not None
            assert due <= wait.until
    if state.paid and state.status in (Status.CANCELLED, Status.NO_SHOW):
        assert given_back == state.price.amount
    else:
        assert given_back == 0


def _try(state: AppointmentState, deed: str, now: datetime) -> machine.Step | None:
    later = Interval(state.start + 24 * HOUR, state.end + 24 * HOUR)
    try:
        match deed:
            case "confirm":
                return machine.confirm(state, now)
            case "release":
                return machine.release(state, now)
            case "cancel":
                return machine.cancel(state, "patient", now)
            case "arrive":
                return machine.arrive(state, state.start)
            case "admit":
                return machine.admit(state, now)
            case "begin":
                return machine.begin(state, state.start)
            case "no-show":
                return machine.report_no_show(state, state.end)
            case "finish":
                return machine.finish(state, now)
            case "move":
                return machine.reschedule(state, later, now)
            case _:
                return on_time(state, next_due(state) or now)
    except Refusal:
        return None
