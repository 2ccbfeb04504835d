"""What may happen to an appointment: each function checks, then returns the next state, its story line and effects.

All raise `NotInThisState` when the appointment is not in a state that allows it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.appointments.state import (
    DOOR_OPENS,
    AppointmentState,
    By,
    CloseHold,
    Effects,
    Entry,
    Notify,
    Refund,
    Status,
    TellJourney,
    keeps_waiting,
    status_at,
)
from domain.money import Money
from domain.refusals import (
    AlreadyThen,
    HoldExpired,
    NoRoom,
    NotInThisState,
    PatientMayCome,
    RoomClosed,
    SessionNotNow,
)
from domain.scheduling.interval import Interval
from domain.scheduling.quiet_hours import last_allowed
from domain.scheduling.terms import Party


class Step(NamedTuple):
    state: AppointmentState
    entry: Entry
    effects: Effects = ()


def check_payable(state: AppointmentState, now: datetime) -> None:
    if status_at(state.status, state.hold_until, now) is Status.RELEASED:
        raise HoldExpired
    _require(state, Status.HELD)


def confirm(state: AppointmentState, now: datetime) -> Step:
    """The price is paid, or there is none."""
    _require(state, Status.HELD)
    effects = (Notify(template="confirmation", key="confirmation"), TellJourney(event="confirmed"))
    passed = sum(1 for moment in reminder_times(state) if moment <= now)
    change = {"status": Status.CONFIRMED, "paid": bool(state.price), "reminded": passed}
    return _step(state, now, "confirmed", "patient", change, effects)


def release(state: AppointmentState, now: datetime) -> Step:
    """The hold ended unpaid; the time is free again."""
    _require(state, Status.HELD)
    effects = (TellJourney(event="released"),)
    return _step(state, now, "released", "clock", {"status": Status.RELEASED}, effects)


def check_reschedule(state: AppointmentState, now: datetime) -> None:
    _require(state, Status.CONFIRMED)
    state.terms.check_reschedule(state.start, state.moves, now)


def check_moves(state: AppointmentState, start: datetime) -> None:
    if start == state.start:
        raise AlreadyThen


def reschedule(state: AppointmentState, wanted: Interval, now: datetime) -> Step:
    """Move to `wanted`; the payment stays with the appointment, the reminders are planned anew."""
    check_reschedule(state, now)
    moved = state.model_copy(update={"start": wanted.start, "end": wanted.end})
    passed = sum(1 for moment in reminder_times(moved) if moment <= now)
    change = {"start": wanted.start, "end": wanted.end, "moves": state.moves + 1, "reminded": passed}
    effects: Effects = (Notify(template="moved", key=f"moved/{state.moves + 1}"),)
    return _step(state, now, "moved", "patient", change, (*effects, TellJourney(event="moved")))


def cancel(state: AppointmentState, by: Party, now: datetime) -> Step:
    """End before it began; what the patient gets back follows the terms pinned at booking.

    Whoever is kept waiting after the start has been let down, not late.
    """
    _require(state, Status.HELD, Status.CONFIRMED, Status.WAITING)
    if by == "patient":
        check_not_over(state, now)
    late = by == "patient" and state.status is not Status.HELD and state.terms.is_late(state.start, now)
    late = late and not (keeps_waiting(state, now) and (state.arrived_at or not state.has_room))
    fee = state.terms.fee(state.price, state.start, now, by) if late and state.paid else Money(0, state.price.currency)
    effects: Effects = (TellJourney(event="cancelled"),)
    if state.status is Status.HELD:
        effects = (CloseHold(), *effects)
    else:
        effects = (*_give_back(state, fee), Notify(template="cancelled", key="cancelled"), *effects)
    change = {"status": Status.CANCELLED, "cancelled_by": by, "late": late, "fee": fee}
    return _step(state, now, "late-cancelled" if late else "cancelled", by, change, effects)


def check_not_over(state: AppointmentState, now: datetime) -> None:
    """Without a room only the specialist knows whether there was a session; afterwards it cannot be called off."""
    if not state.has_room and now >= state.end:
        raise NotInThisState


def cancel_as_told(
    state: AppointmentState, by: Party, now: datetime, *, unpaid: bool, most: int | None, start: datetime | None
) -> Step:
    """Cancel what is still as it was when somebody decided so: not paid since, if `unpaid`, nor dearer than `most`, nor
    moved away from `start`."""
    step = cancel(state, by, now)
    if start is not None and start != state.start:
        raise NotInThisState
    if unpaid:
        _require(state, Status.HELD)
    if most is not None and step.state.fee and step.state.fee.amount > most:
        raise NotInThisState
    return step


def arrive(state: AppointmentState, now: datetime) -> Step:
    """The patient enters the room, for the first time or again. Of the specialist, admission is what counts."""
    check_door(state, now)
    change: dict[str, object] = {"patient_arrived": True}
    if state.status is Status.CONFIRMED:
        change |= {"status": Status.WAITING, "arrived_at": now if state.arrival_counts else None}
    return _step(state, now, "patient-arrived", "patient", change)


def check_door(state: AppointmentState, now: datetime) -> None:
    """Raise `RoomClosed` outside the time in which the session room is open, `NoRoom` where there is none."""
    if not state.has_room:
        raise NoRoom
    if state.status not in (Status.CONFIRMED, Status.WAITING, Status.IN_SESSION) or not _is_time(state, now):
        raise RoomClosed


def _is_time(state: AppointmentState, now: datetime) -> bool:
    return state.start - DOOR_OPENS <= now < state.closes


def admit(state: AppointmentState, now: datetime) -> Step:
    """The specialist lets the waiting patient in."""
    _require(state, Status.WAITING)
    return _step(state, now, "admitted", "specialist", {"status": Status.IN_SESSION})


def begin(state: AppointmentState, now: datetime) -> Step:
    """The specialist has the patient on the phone, or before them: the session without a room begins."""
    _require_no_room(state)
    if not _is_time(state, now):
        raise SessionNotNow
    return _step(state, now, "begun", "specialist", {"status": Status.IN_SESSION, "patient_arrived": True})


def report_no_show(state: AppointmentState, now: datetime) -> Step:
    """The specialist says that the patient did not come to the session without a room, when the grace is over."""
    _require_no_room(state)
    if now < state.grace_ends:
        raise PatientMayCome
    return _miss(state, now, "patient", "specialist")


def finish(state: AppointmentState, now: datetime, by: str = "specialist") -> Step:
    _require(state, Status.IN_SESSION)
    entry_by = "clock" if by == "clock" else "specialist"
    step = _step(state, now, "completed", "specialist", {"status": Status.COMPLETED}, (TellJourney(event="completed"),))
    return step._replace(entry=step.entry.model_copy(update={"by": entry_by}))


def miss(state: AppointmentState, now: datetime) -> Step:
    """Time is over and the session has not begun: whoever did not come is absent.

    Without a room only the specialist knows, and has not said that it was the patient.
    """
    _require(state, Status.CONFIRMED, Status.WAITING)
    came = state.patient_arrived or not state.has_room
    return _miss(state, now, "specialist" if came else "patient", "clock")


def _miss(state: AppointmentState, now: datetime, absent: Party, by: By) -> Step:
    fee = state.terms.no_show_fee(state.price, absent) if state.paid else Money(0, state.price.currency)
    effects = (
        *_give_back(state, fee),
        Notify(template="missed", key="missed"),
        TellJourney(event="missed", absent=absent),
    )
    change = {"status": Status.NO_SHOW, "absent": absent, "fee": fee}
    return _step(state, now, "missed", by, change, effects)


def remind(state: AppointmentState, now: datetime) -> Step:
    """The next planned reminder is due."""
    _require(state, Status.CONFIRMED)
    key = f"reminder/{state.moves}/{state.reminded}"
    effects = (Notify(template="reminder", key=key),)
    return _step(state, now, "reminded", "organization", {"reminded": state.reminded + 1}, effects)


def caught_up(state: AppointmentState, now: datetime) -> AppointmentState:
    """Of reminders that are due by now, all but the last are done with: nobody needs two at once."""
    due = sum(1 for moment in reminder_times(state) if moment <= now)
    return state.model_copy(update={"reminded": max(state.reminded, due - 1)})


def reminder_times(state: AppointmentState) -> list[datetime]:
    """When each reminder goes out: hours before the start, moved out of the recipient's night."""
    wanted = (state.start - timedelta(hours=hours) for hours in sorted(state.reminders, reverse=True))
    return [last_allowed(moment, state.patient_zone) for moment in wanted]


def _give_back(state: AppointmentState, fee: Money) -> Effects:
    back = state.price - fee
    return (Refund(amount=back, retained=fee, key="refund"),) if state.paid and (back or fee) else ()


def _require_no_room(state: AppointmentState) -> None:
    _require(state, Status.CONFIRMED)
    if state.has_room:
        raise NotInThisState


def _require(state: AppointmentState, *allowed: Status) -> None:
    if state.status not in allowed:
        raise NotInThisState


def _step(
    state: AppointmentState,
    now: datetime,
    what: str,
    by: By,
    change: Mapping[str, object],
    effects: Effects = (),
) -> Step:
    following = state.model_copy(update={**change, "version": state.version + 1})
    return Step(following, Entry(version=following.version, at=now, what=what, by=by), effects)
