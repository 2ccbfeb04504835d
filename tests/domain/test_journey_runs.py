"""Whatever is accepted as a definition runs: random steps, random happenings, and nobody is waited for in vain."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from domain.journeys.engine import Move, apply
from domain.journeys.language import Definition
from domain.journeys.patience import next_due, on_time, waiting
from domain.journeys.state import (
    AppointmentChanged,
    AppointmentHeld,
    ConsentsGiven,
    Event,
    FormCompleted,
    JourneyState,
    NoteSigned,
    TaskDone,
)
from domain.journeys.validation import read_definition
from domain.refusals import DocumentInvalid, Refusal
from tests.domain.test_journey_definitions import END, TITLE, Steps, document
from tests.domain.test_journeys import NOW, started

IDS = ("a", "b", "c", "d", "e")
CONDITIONS = st.sampled_from(
    ["true", "false", "has(facts.triage)", 'facts.triage == "calm"', 'facts.forms["x"].score > 3']
)


@st.composite
def random_steps(draw: st.DrawFn) -> Steps:
    """Up to five steps and an end, each of which may lead to any."""
    ids = IDS[: draw(st.integers(1, 5))]
    first = draw(random_step(ids[0], [*ids, "over"], st.sampled_from(["book", "form"])))
    return [first, *(draw(random_step(step_id, [*ids, "over"], KINDS)) for step_id in ids[1:]), END]


@st.composite
def random_step(draw: st.DrawFn, step_id: str, ids: list[str], kinds: st.SearchStrategy[str]) -> dict[str, Any]:
    somewhere = st.sampled_from(ids)
    kind = draw(kinds)
    found = {"id": step_id, "kind": kind, "title": TITLE, **{k: draw(v) for k, v in FIELDS[kind](somewhere).items()}}
    if kind not in INSTANT:
        found |= {"duration": draw(LENGTHS)} if kind == "wait" else {"patience": draw(patience(somewhere))}
    if kind != "branch" and (onward := draw(st.none() | st.none() | somewhere)):
        found["next"] = onward
    return found


INSTANT = {"triage", "match", "prepare", "message", "branch", "repeat"}
LENGTHS = st.sampled_from(["PT1S", "P3D", "P3D", "P5Y", "P0D"])
FIELDS: dict[str, Any] = {
    "consent": lambda ids: {"consents": st.just(["treatment"])},
    "form": lambda ids: {"form": st.just("x")},
    "triage": lambda ids: {
        "rules": st.lists(st.fixed_dictionaries({"when": CONDITIONS, "route": st.just("urgent")}), max_size=2),
        "otherwise": st.just("calm"),
    },
    "match": lambda ids: {},
    "book": lambda ids: {"appointment_type": st.just("intake")},
    "pay": lambda ids: {"on_release": ids},
    "prepare": lambda ids: {"materials": st.just(["hello"])},
    "session": lambda ids: {"on_cancelled": ids, "on_missed": ids},
    "note": lambda ids: {},
    "survey": lambda ids: {"form": st.just("x")},
    "task": lambda ids: {"assignee": st.sampled_from(["care-coordinator", "clinical-lead", "specialist"])},
    "message": lambda ids: {"template": st.just("hello")},
    "wait": lambda ids: {},
    "branch": lambda ids: {
        "cases": st.lists(st.fixed_dictionaries({"when": CONDITIONS, "goto": ids}), min_size=1, max_size=2),
        "otherwise": ids,
    },
    "repeat": lambda ids: {"back_to": ids, "times": st.integers(1, 3), "condition": CONDITIONS},
}
KINDS = st.sampled_from(sorted(FIELDS))


def patience(ids: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "nudge": st.sampled_from([[], ["PT1S"], ["PT1H", "PT2H"]]),
            "escalate": st.sampled_from(["PT1S", "P1D", "P2D"]),
            "deadline": st.sampled_from(["P7D", "P7D", "P5Y", "-P1D"]),
            "then": ids,
        }
    )


HAPPENINGS: st.SearchStrategy[Event | timedelta | None] = st.one_of(
    st.none(),
    st.none(),
    st.sampled_from([timedelta(0), timedelta(hours=1), timedelta(days=3000)]),
    st.builds(ConsentsGiven, kinds=st.sampled_from([(), ("treatment",)])),
    st.builds(FormCompleted, form=st.just("x"), facts=st.builds(dict, score=st.integers(0, 9))),
    st.builds(AppointmentHeld, appointment_id=st.just(UUID(int=7))),
    st.builds(
        AppointmentChanged,
        appointment_id=st.just(UUID(int=7)),
        change=st.sampled_from(["confirmed", "released", "cancelled", "completed", "missed"]),
    ),
    st.builds(NoteSigned, appointment_id=st.just(UUID(int=7))),
    st.builds(TaskDone, step=st.sampled_from(IDS)),
)
"""What somebody does, how late the clock rings, or None: what is waited for."""


@settings(max_examples=200, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow], deadline=None)
@given(random_steps(), st.lists(HAPPENINGS, max_size=12))
def test_whatever_is_accepted_runs(steps: Steps, happenings: list[Event | timedelta | None]) -> None:
    try:
        definition = read_definition(document(steps))
    except DocumentInvalid:
        assume(False)
    state, now = stands(definition, started(definition), NOW), NOW
    for happening in happenings:
        if state.ended:
            return
        if isinstance(happening, timedelta):
            now = waiting_until(definition, state) + happening
            state = on_the_clock(definition, state, now)
        else:
            state = told(definition, state, happening or wanted(definition, state), now)


def waiting_until(definition: Definition, state: JourneyState) -> datetime:
    due = next_due(definition, state)
    assert due is not None
    return due


def told(definition: Definition, state: JourneyState, event: Event, now: datetime) -> JourneyState:
    try:
        return stands(definition, apply(definition, state, event, now), now)
    except Refusal:
        return state


def on_the_clock(definition: Definition, state: JourneyState, now: datetime) -> JourneyState:
    """As the workflow does it when its alarm has rung."""
    moves = []
    while move := on_time(definition, state, now):
        moves.append(move)
        state = move.state
        assert len(moves) <= 4, "two nudges, escalation, the end of patience; and then somebody else is waited for"
    return stands(definition, moves[-1], now)


def wanted(definition: Definition, state: JourneyState) -> Event:
    """What the step that waits waits for."""
    match definition.step(state.step).kind:
        case "consent":
            return ConsentsGiven(kinds=("treatment",))
        case "form" | "survey":
            return FormCompleted(form="x", facts={"score": 5})
        case "book":
            return AppointmentHeld(appointment_id=UUID(int=7))
        case "note":
            return NoteSigned(appointment_id=UUID(int=7))
        case "pay":
            return AppointmentChanged(appointment_id=UUID(int=7), change="confirmed")
        case "session":
            return AppointmentChanged(appointment_id=UUID(int=7), change="completed")
        case _:
            return TaskDone(step=state.step)


def stands(definition: Definition, move: Move, now: datetime) -> JourneyState:
    """The state after `move`, which was short, has ended or waits for somebody, and not in vain."""
    assert len(move.entries) <= 2 * len(definition.steps)
    wait = waiting(definition, move.state)
    assert move.state.ended == (wait is None)
    if wait is not None:
        assert wait.owner
        assert wait.until > now
        assert definition.step(wait.then)
    return move.state
