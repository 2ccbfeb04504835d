"""What becomes of an appointment while its journey stands at a step that does not listen to it is heard later."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.journeys.engine import Move, apply, remember
from domain.journeys.language import Definition
from domain.journeys.state import AppointmentChanged, AppointmentHeld, Event, FormCompleted, JourneyState
from domain.journeys.validation import read_definition
from domain.refusals import StepNotOpen
from tests.domain.test_journeys import APPOINTMENT, NOW, changed, started

HELD = AppointmentHeld(appointment_id=APPOINTMENT, ends=NOW + timedelta(days=3))
FORM = FormCompleted(form="phq-9")
OWN: dict[str, dict[str, Any]] = {
    "book": {"appointment_type": "intake"},
    "form": {"form": "phq-9"},
    "pay": {"on_release": "book"},
    "session": {"on_cancelled": "book", "on_missed": "book"},
}


def plan(*kinds: str) -> Definition:
    words = {"en": "x"}
    patience = {"nudge": ["P1D"], "escalate": "P2D", "deadline": "P7D", "then": "quiet"}
    steps = [{"id": kind, "kind": kind, "title": words, "patience": patience, **OWN[kind]} for kind in kinds]
    ends = [
        {"id": "done", "kind": "end", "outcome": "completed", "next": None},
        {"id": "quiet", "kind": "end", "outcome": "quiet"},
    ]
    return read_definition({"key": "own", "version": 1, "title": words, "steps": [*steps, *ends]})


def lived(definition: Definition, events: Iterable[Event]) -> Move:
    """As a run hears them."""
    move = started(definition)
    for event in events:
        try:
            move = apply(definition, move.state, event, NOW)
        except StepNotOpen:
            if isinstance(event, AppointmentChanged):
                move = Move(remember(definition, move.state, event))
    return move


def told(definition: Definition, *events: Event) -> JourneyState:
    return lived(definition, events).state


@pytest.mark.parametrize(("change", "step"), [("cancelled", "book"), ("missed", "book"), ("completed", "done")])
def test_while_a_form_is_open_before_the_session(change: str, step: str) -> None:
    way = (HELD, changed("confirmed"), changed(change, "patient"))
    definition = plan("book", "pay", "form", "session")
    assert told(definition, *way).step == "form"
    move = lived(definition, (*way, FORM))
    assert (move.state.step, move.state.unheard) == (step, None)
    assert next(entry.what for entry in move.entries) == "done"


def test_while_a_form_is_open_before_the_payment() -> None:
    assert told(plan("book", "form", "pay", "session"), HELD, changed("released"), FORM).step == "book"
    assert told(plan("book", "form", "pay", "session"), HELD, changed("confirmed"), FORM).step == "session"


def test_the_last_word_is_what_became_of_it() -> None:
    later = HELD.ends and HELD.ends + timedelta(days=9)
    words = (changed("confirmed"), changed("moved", ends=later))
    state = told(plan("book", "form", "pay", "session"), HELD, *words, FORM)
    assert (state.step, state.appointment_ends) == ("session", later)


def test_a_time_that_ran_out_before_its_session_is_booked_again() -> None:
    assert told(plan("book", "session"), HELD, changed("released")).step == "book"


def test_a_word_about_another_appointment_is_not_remembered() -> None:
    definition = plan("book", "pay", "form", "session")
    state = told(definition, HELD, changed("confirmed"))
    strange = changed("cancelled").model_copy(update={"appointment_id": UUID(int=8)})
    assert remember(definition, state, strange) == state


def test_what_was_remembered_of_one_is_not_said_of_the_next() -> None:
    definition = plan("book", "form", "pay", "session")
    state = told(definition, HELD, changed("released"), FORM)
    following = HELD.model_copy(update={"appointment_id": UUID(int=8)})
    assert (state.unheard, apply(definition, state, following, NOW).state.step) == (None, "form")
