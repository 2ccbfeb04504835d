"""The journey language and its engine, on the demo definition and on small ones."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.journeys.engine import Move, apply, begin
from domain.journeys.graph import successors
from domain.journeys.language import Definition, End, owner_of
from domain.journeys.patience import next_due, on_time, waiting
from domain.journeys.state import (
    AppointmentChanged,
    AppointmentHeld,
    ConsentsGiven,
    Event,
    FormCompleted,
    JourneyState,
    NoteSigned,
    Notify,
    OfferMaterials,
    OpenTask,
    TaskDone,
)
from domain.journeys.validation import read_definition
from domain.refusals import ConsentMissing, Refusal, StepNotOpen

PACK = Path(__file__).parents[2] / "packs" / "demo" / "journeys" / "first-steps.yaml"
DEMO = read_definition(yaml.safe_load(PACK.read_text()))
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
APPOINTMENT = UUID(int=7)
CONSENTS = ConsentsGiven(kinds=("treatment", "telehealth", "privacy"))


def phq9(score: int, *flags: str) -> FormCompleted:
    return FormCompleted(form="phq-9", facts={"score": score, "band": "", "flags": list(flags)})


def started(definition: Definition = DEMO) -> Move:
    return begin(definition, uuid4(), uuid4(), uuid4(), uuid4(), NOW)


def run(*events: Event, definition: Definition = DEMO) -> Move:
    move = started(definition)
    for event in events:
        move = apply(definition, move.state, event, NOW)
    return move


def changed(change: str, absent: str | None = None, ends: datetime | None = None) -> AppointmentChanged:
    word = {"appointment_id": APPOINTMENT, "change": change, "absent": absent, "ends": ends}
    return AppointmentChanged.model_validate(word)


TO_SESSION = (CONSENTS, phq9(12), AppointmentHeld(appointment_id=APPOINTMENT), changed("confirmed"))


def test_the_whole_way() -> None:
    move = run(*TO_SESSION)
    assert move.state.step == "first-session"
    assert [effect.materials for effect in move.effects if isinstance(effect, OfferMaterials)] == [("first-session",)]
    feedback = FormCompleted(form="session-feedback")
    move = run(*TO_SESSION, changed("completed"), NoteSigned(appointment_id=APPOINTMENT), feedback)
    assert move.state.step == "breather"
    rested = on_time(DEMO, move.state, NOW + timedelta(days=3))
    assert rested is not None
    assert rested.state.step == "book-follow-up"


@pytest.mark.parametrize(
    ("form", "route", "step"),
    [
        (phq9(4), "support", "book-first"),
        (phq9(10), "therapy", "book-first"),
        (phq9(20), "urgent", "urgent-call"),
        (phq9(1, "self-harm"), "urgent", "urgent-call"),  # item 9, whatever the total (O04)
    ],
)
def test_triage(form: FormCompleted, route: str, step: str) -> None:
    move = run(CONSENTS, form)
    assert (move.state.facts["triage"], move.state.step) == (route, step)


def test_the_urgent_path_opens_a_task_and_goes_on_when_it_is_done() -> None:
    move = run(CONSENTS, phq9(3, "self-harm"))
    task = next(effect for effect in move.effects if isinstance(effect, OpenTask))
    assert (task.assignee, task.urgent, task.due_at) == ("clinical-lead", True, NOW + timedelta(hours=1))
    after = apply(DEMO, move.state, TaskDone(step="urgent-call"), NOW)
    assert after.state.step == "book-first"


def test_consents_that_are_missing_change_nothing() -> None:
    with pytest.raises(ConsentMissing):
        run(ConsentsGiven(kinds=("treatment",)))


@pytest.mark.parametrize(("change", "step"), [("released", "book-first"), ("cancelled", "book-first")])
def test_an_unpaid_hold_leads_back(change: str, step: str) -> None:
    held = (CONSENTS, phq9(12), AppointmentHeld(appointment_id=APPOINTMENT))
    assert run(*held, changed(change)).state.step == step


def test_a_missed_session_is_somebodys_task() -> None:
    move = run(*TO_SESSION, changed("missed", "patient"))
    assert (move.state.step, move.state.facts["absent"]) == ("missed", "patient")
    assert apply(DEMO, move.state, TaskDone(step="missed"), NOW).state.step == "book-first"


def test_an_appointment_that_is_ahead_is_caught_up_with() -> None:
    """The word that it was held got lost; the appointment's own word is enough."""
    assert run(CONSENTS, phq9(12), changed("confirmed")).state.step == "first-session"
    assert run(CONSENTS, phq9(12), changed("completed")).state.step == "note"


def test_another_appointment_is_nobodys_business_here() -> None:
    move = run(*TO_SESSION)
    stranger = changed("completed").model_copy(update={"appointment_id": UUID(int=8)})
    with pytest.raises(StepNotOpen):
        apply(DEMO, move.state, stranger, NOW)


def test_patience_nudges_then_tells_then_ends() -> None:
    state, story = started().state, []
    while not state.ended:
        due = next_due(DEMO, state)
        assert due is not None
        move = on_time(DEMO, state, due)
        assert move is not None
        story += [(entry.what, (entry.at - NOW).days) for entry in move.entries]
        state = move.state
    assert story == [("nudged", 1), ("nudged", 3), ("escalated", 7), ("patience-ended", 14), ("ended", 14)]
    assert state.outcome == "gone-quiet"


def test_nudges_and_escalations_are_sent_once_each() -> None:
    state = started().state
    keys = []
    for days in (1, 3, 7):
        move = on_time(DEMO, state, NOW + timedelta(days=days))
        assert move is not None
        told = [effect for effect in move.effects if isinstance(effect, Notify)]
        assert all(effect.key.startswith(f"{effect.template}/{state.step}/") for effect in told)
        keys += [effect.key for effect in told]
        state = move.state
    assert len(set(keys)) == 3


def test_follow_ups_repeat_as_often_as_written() -> None:
    """`again` leads back three times at most, and not at all on the support route."""
    for score, rounds in ((12, 3), (5, 0)):
        state, booked = _finish_follow_up(score), 0
        while state.step == "breather":
            booked += 1
            state = _through_follow_up(state)
        assert (state.outcome, booked) == ("completed", rounds)


def _finish_follow_up(score: int) -> JourneyState:
    move = run(CONSENTS, phq9(score), *TO_SESSION[2:], changed("completed"), NoteSigned(appointment_id=APPOINTMENT))
    state = apply(DEMO, move.state, FormCompleted(form="session-feedback"), NOW).state
    return _through_follow_up(state)


def _through_follow_up(state: JourneyState) -> JourneyState:
    rested = on_time(DEMO, state, state.entered_at + timedelta(days=3))
    assert rested is not None
    state = rested.state
    for event in (AppointmentHeld(appointment_id=APPOINTMENT), changed("confirmed"), changed("completed")):
        state = apply(DEMO, state, event, state.entered_at).state
    return apply(DEMO, state, NoteSigned(appointment_id=APPOINTMENT), state.entered_at).state


def test_every_state_of_the_demo_journey_has_an_owner_and_a_deadline() -> None:
    """Walks the whole state graph: every waiting step, and where its patience leads."""
    ahead, seen = [DEMO.steps[0].id], set()
    while ahead:
        step = DEMO.step(ahead.pop())
        if step.id in seen:
            continue
        seen.add(step.id)
        ahead += successors(DEMO, step)
        if owner_of(step) is None:
            continue
        state = started().state.model_copy(update={"step": step.id})
        wait = waiting(DEMO, state)
        assert wait is not None
        assert wait.owner
        assert wait.until > NOW
        assert DEMO.step(wait.then)
    assert seen == {step.id for step in DEMO.steps}


events = st.one_of(
    st.just(CONSENTS),
    st.builds(phq9, st.integers(0, 27), st.sampled_from(["", "self-harm"])),
    st.just(AppointmentHeld(appointment_id=APPOINTMENT)),
    st.sampled_from(["confirmed", "released", "cancelled", "completed", "missed"]).map(changed),
    st.just(NoteSigned(appointment_id=APPOINTMENT)),
    st.sampled_from(["urgent-call", "missed", "missed-follow-up"]).map(lambda step: TaskDone(step=step)),
    st.just(FormCompleted(form="session-feedback")),
    st.just(None),
)


@settings(max_examples=300)
@given(st.lists(events, max_size=40))
def test_whatever_happens_no_state_is_ownerless(happenings: list[Event | None]) -> None:
    state = started().state
    version = state.version
    for event in happenings:
        due = next_due(DEMO, state)
        try:
            move = apply(DEMO, state, event, state.entered_at) if event else on_time(DEMO, state, due or NOW)
        except Refusal:
            continue
        if move is None:
            continue
        state = move.state
        assert state.version > version
        assert [entry.version for entry in move.entries] == list(range(version + 1, state.version + 1))
        version = state.version
        assert state.ended == (waiting(DEMO, state) is None)
        assert isinstance(DEMO.step(state.step), End) == state.ended
