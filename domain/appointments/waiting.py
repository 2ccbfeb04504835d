"""What an appointment waits for, for whom, until when, and what happens then."""

from datetime import datetime
from typing import NamedTuple

from domain.appointments.machine import Step, finish, miss, remind, reminder_times
from domain.appointments.state import TO_ADMIT, AppointmentState, Status
from domain.punctual import stood_still
from domain.scheduling.terms import Party


class Waiting(NamedTuple):
    """`what` and `then` are names the portals put into words."""

    owner: Party
    what: str
    until: datetime
    then: str


def waiting(state: AppointmentState) -> Waiting | None:
    """None once the appointment has ended; every other state has an owner and a deadline."""
    match state.status:
        case Status.HELD:
            return Waiting("patient", "payment", state.hold_until, "released")
        case Status.CONFIRMED if state.has_room:
            return Waiting("patient", "arrival", state.grace_ends, "missed")
        case Status.CONFIRMED:
            return Waiting("specialist", "beginning", state.closes, "not-held")
        case Status.WAITING:
            return Waiting("specialist", "admission", _to_admit(state), "missed")
        case Status.IN_SESSION:
            return Waiting("specialist", "end-of-session", state.closes, "completed")
        case _:
            return None


def _to_admit(state: AppointmentState) -> datetime:
    return max(state.grace_ends, state.arrived_at + TO_ADMIT) if state.arrived_at else state.grace_ends


def woke_too_late(state: AppointmentState, now: datetime) -> bool:
    wait = waiting(state)
    return wait is not None and stood_still(wait.until, now)


def next_due(state: AppointmentState) -> datetime | None:
    """The next moment at which something happens by itself."""
    wait = waiting(state)
    if wait is None:
        return None
    if state.status is Status.CONFIRMED and state.reminded < len(state.reminders):
        return min(reminder_times(state)[state.reminded], wait.until)
    return wait.until


def on_time(state: AppointmentState, now: datetime) -> Step | None:
    """What `now` brings; None when nothing is due. An expiring hold is decided by its payment, not here."""
    due = next_due(state)
    if due is None or now < due or state.status is Status.HELD:
        return None
    if state.status is Status.IN_SESSION:
        return finish(state, now, by="clock")
    wait = waiting(state)
    if wait is not None and now >= wait.until:
        return miss(state, now)
    return remind(state, now)
