"""The engine: (definition, state, event, now) -> next state, story lines, effects. Pure; the workflow drives it."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from domain.journeys.language import (
    AnyStep,
    Book,
    Consent,
    Definition,
    End,
    Form,
    Note,
    Pay,
    Session,
    Survey,
    Task,
    owner_of,
)
from domain.journeys.passing import pass_through
from domain.journeys.state import (
    AppointmentChanged,
    AppointmentHeld,
    ConsentsGiven,
    Effect,
    Entry,
    Event,
    FormCompleted,
    JourneyState,
    NoteSigned,
    OpenTask,
    TaskDone,
)
from domain.refusals import ConsentMissing, StepNotOpen

UNTOUCHED = {"nudges": 0, "escalated": False, "rested": timedelta(0)}
"""Patience at its beginning."""


class Move(NamedTuple):
    state: JourneyState
    entries: tuple[Entry, ...] = ()
    effects: tuple[Effect, ...] = ()


def begin(
    definition: Definition,
    journey_id: UUID,
    organization_id: UUID,
    brand_id: UUID,
    patient_id: UUID,
    now: datetime,
) -> Move:
    """The first state of a run of `definition`."""
    state = JourneyState(
        journey_id=journey_id,
        organization_id=organization_id,
        brand_id=brand_id,
        patient_id=patient_id,
        definition_key=definition.key,
        definition_version=definition.version,
        step=definition.steps[0].id,
        entered_at=now,
    )
    return enter(definition, note(Move(state), "began", "patient", now), definition.steps[0].id, now)


def apply(definition: Definition, state: JourneyState, event: Event, now: datetime) -> Move:
    """What `event` does now. Raises `StepNotOpen` when the journey does not wait for it, `ConsentMissing`."""
    if state.ended:
        raise StepNotOpen
    step = definition.step(state.step)
    match step, event:
        case Consent(), ConsentsGiven():
            if not set(step.consents) <= set(event.kinds):
                raise ConsentMissing
            return _done(definition, state, "patient", now)
        case ((Form() | Survey()), FormCompleted()) if event.form == step.form:
            forms = {**state.facts.get("forms", {}), event.form: event.facts}
            state = state.model_copy(update={"facts": {**state.facts, "forms": forms}})
            return _done(definition, state, "patient", now, event.form)
        case Book(), AppointmentHeld():
            return _done(definition, _adopt(state, event), "patient", now)
        case ((Book() | Pay() | Session()), AppointmentChanged()):
            return _appointment(definition, state, step, event, now)
        case Note(), NoteSigned() if event.appointment_id == state.appointment_id:
            return _done(definition, state, "specialist", now)
        case Task(), TaskDone() if event.step == step.id:
            return _done(definition, state, event.by or step.assignee, now)
        case _:
            raise StepNotOpen


def _appointment(
    definition: Definition,
    state: JourneyState,
    step: Book | Pay | Session,
    event: AppointmentChanged,
    now: datetime,
) -> Move:
    """An appointment may be ahead of what the journey was told: then the journey catches up."""
    if isinstance(step, Book):
        if event.change in ("released", "cancelled"):
            raise StepNotOpen
        held = _done(definition, _adopt(state, event), "patient", now)
        return _catch_up(definition, held, (Pay, Session), event, now)
    if event.appointment_id != state.appointment_id:
        raise StepNotOpen
    match step, event.change:
        case Pay(), ("released" | "cancelled"):
            return _turn(definition, state, f"appointment-{event.change}", step.on_release, now)
        case Pay(), "confirmed":
            return _done(definition, state, "patient", now)
        case Pay(), _:
            return _catch_up(definition, _done(definition, state, "patient", now), (Session,), event, now)
        case Session(), "completed":
            return _done(definition, state, "specialist", now)
        case Session(), "moved" if event.ends != state.appointment_ends:
            anew = _adopt(state, event).model_copy(update=UNTOUCHED)
            return note(Move(anew), "appointment-moved", "patient", now)
        case Session(), ("released" | "cancelled"):
            return _turn(definition, state, f"appointment-{event.change}", step.on_cancelled, now)
        case Session(), "missed":
            facts = {**state.facts, "absent": event.absent}
            state = state.model_copy(update={"facts": facts})
            return _turn(definition, state, "appointment-missed", step.on_missed, now, event.absent or "")
        case _:
            raise StepNotOpen


def remember(definition: Definition, state: JourneyState, word: AppointmentChanged) -> JourneyState:
    """Keep what becomes of the journey's appointment at a step that does not listen to it, for the one that does."""
    listens = isinstance(definition.step(state.step), (Book, Pay, Session))
    if state.ended or listens or word.appointment_id != state.appointment_id:
        return state
    return state.model_copy(update={"unheard": word})


def _hear_at_last(definition: Definition, move: Move, now: datetime) -> Move:
    word = move.state.unheard
    if word is None:
        return move
    heard = move._replace(state=move.state.model_copy(update={"unheard": None}))
    return _catch_up(definition, heard, (Pay, Session), word, now)


def _catch_up(
    definition: Definition,
    so_far: Move,
    ahead: tuple[type[Pay | Session], ...],
    event: AppointmentChanged,
    now: datetime,
) -> Move:
    """One appointment is booked once and paid once: from a step that is not `ahead`, its word leads no further."""
    if not isinstance(definition.step(so_far.state.step), ahead):
        return so_far
    try:
        then = apply(definition, so_far.state, event, now)
    except StepNotOpen:
        return so_far
    return Move(then.state, so_far.entries + then.entries, so_far.effects + then.effects)


def _adopt(state: JourneyState, event: AppointmentHeld | AppointmentChanged) -> JourneyState:
    change = {"appointment_id": event.appointment_id, "appointment_ends": event.ends, "unheard": None}
    return state.model_copy(update=change)


def _done(definition: Definition, state: JourneyState, by: str, now: datetime, detail: str = "") -> Move:
    """The step is done; on to what follows it."""
    following = definition.following(state.step)
    assert following is not None, "validation lets no waiting step be the last"
    return enter(definition, note(Move(state), "done", by, now, detail), following.id, now)


def _turn(definition: Definition, state: JourneyState, what: str, to: str, now: datetime, detail: str = "") -> Move:
    return enter(definition, note(Move(state), what, "organization", now, detail), to, now)


def enter(definition: Definition, move: Move, step_id: str, now: datetime) -> Move:
    """Go to `step_id` and through every step that passes at once, until one waits or the journey ends."""
    change = {"step": step_id, "entered_at": now}
    move = move._replace(state=move.state.model_copy(update=UNTOUCHED | change))
    step = definition.step(step_id)
    if isinstance(step, End):
        ended = move.state.model_copy(update={"outcome": step.outcome})
        return note(move._replace(state=ended), "ended", "organization", now, step.outcome)
    if owner_of(step) is None:
        passed = pass_through(definition, move.state, step)
        move = Move(passed.state, move.entries, move.effects + passed.effects)
        move = note(move, f"passed-{step.kind}", "organization", now, passed.detail)
        return enter(definition, move, passed.goto, now)
    opened = move._replace(effects=move.effects + _opening(move.state, step, now))
    return _hear_at_last(definition, opened, now) if isinstance(step, (Pay, Session)) else opened


def _opening(state: JourneyState, step: AnyStep, now: datetime) -> tuple[Effect, ...]:
    if not isinstance(step, Task):
        return ()
    due_at = now + step.patience.escalate
    return (OpenTask(step=step.id, assignee=step.assignee, urgent=step.urgent, due_at=due_at),)


def note(move: Move, what: str, by: str, now: datetime, detail: str = "") -> Move:
    """The same move with one more line in its story."""
    state = move.state.model_copy(update={"version": move.state.version + 1})
    line = Entry.model_validate(
        {"version": state.version, "at": now, "what": what, "step": state.step, "by": by, "detail": detail}
    )
    return Move(state, (*move.entries, line), move.effects)
