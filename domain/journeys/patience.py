"""Waiting with an end: who is waited for, until when, who is nudged and told, and what happens when patience ends."""

from datetime import datetime

from domain.journeys.engine import Move, enter, note
from domain.journeys.language import AnyStep, Definition, Patience, Session, Wait, owner_of
from domain.journeys.state import JourneyState, Notify, Waiting
from domain.punctual import stood_still


def waiting(definition: Definition, state: JourneyState) -> Waiting | None:
    """None once the journey has ended; in every other state somebody is waited for until a deadline."""
    if state.ended:
        return None
    step = definition.step(state.step)
    owner = owner_of(step)
    assert owner is not None, "the engine rests only on steps that wait"
    patience = _patience(definition, step)
    what, moment = _next(_counts_from(step, state), state, patience)
    return Waiting.model_validate(
        {
            "step": step.id,
            "kind": step.kind,
            "owner": owner,
            "since": state.entered_at,
            "until": _counts_from(step, state) + patience.deadline,
            "then": patience.then,
            "next_at": moment,
            "next_what": what,
        }
    )


def next_due(definition: Definition, state: JourneyState) -> datetime | None:
    """The next moment at which something happens by itself."""
    wait = waiting(definition, state)
    return wait.next_at if wait else None


def rest(definition: Definition, state: JourneyState, now: datetime) -> JourneyState:
    """Patience does not run out while its engine stands still: who wakes late goes on from what was due next."""
    due = next_due(definition, state)
    if due is None or not stood_still(due, now):
        return state
    return state.model_copy(update={"rested": state.rested + (now - due)})


def on_time(definition: Definition, state: JourneyState, now: datetime) -> Move | None:
    """What `now` brings: a nudge, an escalation, the end of patience; None when nothing is due."""
    wait = waiting(definition, state)
    if wait is None or now < wait.next_at:
        return None
    step = definition.step(state.step)
    if wait.next_what == "deadline":
        what = "waited" if isinstance(step, Wait) else "patience-ended"
        return enter(definition, note(Move(state), what, "clock", now, wait.then), wait.then, now)
    if wait.next_what == "escalate":
        told = state.model_copy(update={"escalated": True})
        to = _patience(definition, step).escalate_to
        effect = Notify(to=to, template="escalation", key=f"escalation/{step.id}/{state.version}")
        return note(Move(told, effects=(effect,)), "escalated", "clock", now, to)
    nudged = state.model_copy(update={"nudges": state.nudges + 1})
    effect = Notify(to=wait.owner, template="nudge", key=f"nudge/{step.id}/{state.version}")
    return note(Move(nudged, effects=(effect,)), "nudged", "clock", now, wait.owner)


def _patience(definition: Definition, step: AnyStep) -> Patience:
    if isinstance(step, Wait):
        following = definition.following(step.id)
        assert following is not None, "validation lets no waiting step be the last"
        return Patience(nudge=(), escalate=step.duration, deadline=step.duration, then=following.id)
    patience: Patience = getattr(step, "patience")  # noqa: B009
    return patience


def _counts_from(step: AnyStep, state: JourneyState) -> datetime:
    """A session is waited for at least until its appointment is over, whenever that takes place."""
    if isinstance(step, Session) and state.appointment_ends:
        return max(state.entered_at, state.appointment_ends) + state.rested
    return state.entered_at + state.rested


def _next(start: datetime, state: JourneyState, patience: Patience) -> tuple[str, datetime]:
    moments = [("deadline", patience.deadline)]
    if not state.escalated:
        moments.append(("escalate", patience.escalate))
    if state.nudges < len(patience.nudge):
        moments.append(("nudge", patience.nudge[state.nudges]))
    # of two at one moment the first: a wait just ends
    what, after = min(moments, key=lambda moment: moment[1])
    return what, start + after
