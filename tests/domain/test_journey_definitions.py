"""What a definition may not say: every error says where it is and how to mend it."""

from typing import Any
from uuid import UUID

import pytest

from domain.journeys.engine import apply
from domain.journeys.expressions import FUNCTIONS, check_expression
from domain.journeys.language import Definition
from domain.journeys.state import (
    AppointmentChanged,
)
from domain.journeys.validation import read_definition
from domain.refusals import DocumentInvalid
from tests.domain.test_journeys import NOW, started

Steps = list[dict[str, Any]]
TITLE = {"en": "Something is waited for"}
WAITS = {"deadline": "P14D", "then": "over"}
END = {"id": "over", "kind": "end", "outcome": "done"}


def document(steps: Steps) -> dict[str, Any]:
    return {"key": "small", "version": 1, "title": {"en": "Small"}, "steps": steps}


def step(step_id: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"id": step_id, "kind": kind, **fields}


def waits(step_id: str, kind: str, **fields: Any) -> dict[str, Any]:
    return step(step_id, kind, title=TITLE, **{"patience": WAITS, **fields})


ASK = waits("ask", "form", form="x")
BOOK = waits("book", "book", appointment_type="intake")
SESSION = waits("meet", "session", on_cancelled="book", on_missed="over")
SOMEWHERE = step("which", "branch", cases=[{"when": "true", "goto": "book"}], otherwise="meet")


def given_up(**patience: Any) -> dict[str, Any]:
    return waits("ask", "form", form="x", patience={**WAITS, **patience})


def asks(condition: str) -> Steps:
    routes = [{"when": 'facts.forms["x"].score > 3', "route": "urgent"}]
    triage = step("sort", "triage", rules=routes, otherwise="calm")
    return [ASK, triage, step("which", "branch", cases=[{"when": condition, "goto": "over"}], otherwise="over"), END]


def errors(steps: Steps) -> str:
    with pytest.raises(DocumentInvalid) as caught:
        read_definition(document(steps))
    return " ".join(caught.value.errors)


LENGTH = "This is too short or too long. Write a second (PT1S) at least, five years (P5Y) at most."
UNDECIDED = "Step 'which', cases[0].when: this is neither true nor false, even when every fact is known."
UNTITLED = "Step 'ask', title: people read what is waited for, and it is not said in English. Write it, such as"

MISTAKES: dict[str, tuple[Steps, str]] = {
    "no patience": (
        [step("ask", "form", form="x", title=TITLE), END],
        "Step 'ask', patience: This is missing. Add it.",
    ),
    "no form": ([waits("ask", "form"), END], "Step 'ask', form: This is missing. Add it."),
    "no such kind": ([step("ask", "dance"), END], "Step 'ask', kind"),
    "a target that is not there": ([given_up(then="nowhere"), END], "'nowhere'"),
    "a step nobody comes to": ([END, {**END, "id": "lost"}], "Step 'lost': no way leads to it."),
    "an id used twice": ([END, END], "used 2 times"),
    "no end": ([ASK], "'over'"),
    "a length without a unit": (
        [step("w", "wait", title=TITLE, duration=7), END],
        "Step 'w', duration: This is no duration. Write one such as P3D",
    ),
    "a length in words": ([step("w", "wait", title=TITLE, duration="7 days"), END], "duration: This is no duration."),
    "an unreadable condition": (asks("a >="), "CEL"),
    "a circle": ([step("m", "message", template="x", next="m"), END], "Step 'm': it leads back to itself"),
    "a circle through a repeat that counts anew each time around": (
        [
            ASK,
            step("match", "match"),
            step("again", "repeat", back_to="match", times=1),
            step("which", "branch", cases=[{"when": "false", "goto": "over"}], otherwise="match"),
            END,
        ],
        "Step 'again': it leads back to itself without waiting. Put a waiting step between.",
    ),
    "a nudge after the deadline": (
        [given_up(nudge=["P20D"]), END],
        "nudges and escalation come before the deadline",
    ),
    "a session that is given up while it may go on": (
        [BOOK, {**SESSION, "patience": {**WAITS, "nudge": [], "escalate": "PT30M", "deadline": "PT1H"}}, END],
        "Step 'meet', patience.deadline: the session itself may go on until an hour after its planned end.",
    ),
    "a deadline that is no length": ([given_up(deadline="soon"), END], "P3D"),
    "a deadline that has passed before it began": (
        [given_up(nudge=[], escalate="-P2D", deadline="-P1D", then="ask"), END],
        f"Step 'ask', patience.deadline: {LENGTH}",
    ),
    "an escalation at once": ([given_up(nudge=[], escalate="PT0S"), END], f"Step 'ask', patience.escalate: {LENGTH}"),
    "a nudge at once": ([given_up(nudge=["P1D", "P0D"]), END], f"Step 'ask', patience.nudge.1: {LENGTH}"),
    "a wait of no time": ([step("w", "wait", title=TITLE, duration="PT0S"), END], f"Step 'w', duration: {LENGTH}"),
    "a wait that never ends": (
        [step("w", "wait", title=TITLE, duration="P999999999D"), END],
        f"Step 'w', duration: {LENGTH}",
    ),
    "a payment without an appointment": (
        [waits("pay", "pay", on_release="over"), END],
        "Step 'pay': the way pay leads to it, and there is no appointment for it. Put a step of kind 'book' before it.",
    ),
    "a session past the booking": (
        [SOMEWHERE, BOOK, SESSION, END],
        "Step 'meet': the way which > meet leads to it, and there is no appointment for it.",
    ),
    "a session when patience with booking ends": (
        [waits("book", "book", appointment_type="intake", patience={**WAITS, "then": "meet"}), SESSION, END],
        "Step 'meet': the way book > meet leads to it, and there is no appointment for it.",
    ),
    "a note before the booking": ([waits("note", "note"), BOOK, END], "Step 'note': the way note leads to it"),
    "a specialist's task before the booking": (
        [waits("call", "task", assignee="specialist"), BOOK, END],
        "Step 'call': the way call leads to it",
    ),
    "a sum for a condition": (asks("1 + 1"), UNDECIDED),
    "a word for a condition": (asks('"urgent"'), UNDECIDED),
    "a fact for a condition": (asks("facts.triage"), UNDECIDED),
    "a comparison that only one route can make": (asks('facts.triage == "calm" ? 1 : true'), UNDECIDED),
    "things that cannot be compared": (asks("facts.triage > 3"), UNDECIDED),
    "an unknown function": (
        asks('facts.triage == "calm" && foo(facts)'),
        "Step 'which', cases[0].when: this condition cannot be read (there is no function 'foo', but bytes, contains,",
    ),
    "no title": ([step("ask", "form", form="x", patience=WAITS), END], UNTITLED),
    "no English title": ([waits("ask", "form", form="x") | {"title": {"de": "Fragen"}}, END], UNTITLED),
    "an empty title": ([waits("ask", "form", form="x") | {"title": {"en": " "}}, END], UNTITLED),
    "no title of a wait": ([step("ask", "wait", duration="P1D"), END], UNTITLED),
    "no English words for staff": (
        [waits("ask", "task", task={"de": "Anrufen"}), END],
        "Step 'ask', task: it is not said in English. Write it, such as",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_errors_say_where_and_how_to_mend(name: str) -> None:
    steps, said = MISTAKES[name]
    assert said in errors(steps)


@pytest.mark.parametrize(
    "steps",
    [
        [ASK, END],
        [BOOK, SESSION, waits("note", "note"), waits("call", "task", assignee="specialist"), END],
        [ASK, step("again", "repeat", back_to="ask", times=2), END],
        [step("w", "wait", title=TITLE, duration="P5Y"), END],
        *(asks(condition) for condition in ("true", 'facts.triage in ["calm"] || size(facts.forms["x"].flags) > 2')),
        asks('has(facts.triage) && facts.forms["x"].flags.exists(flag, flag.startsWith("self"))'),
    ],
)
def test_small_definitions_that_are_fine(steps: Steps) -> None:
    assert read_definition(document(steps)).steps[0].id == steps[0]["id"]


def test_a_plan_says_its_own_title_in_english() -> None:
    with pytest.raises(DocumentInvalid) as refused:
        read_definition({**document([END]), "title": {"de": "Klein"}})
    assert refused.value.errors == [
        "title: the plan's own is not said in English. Write it, such as title: {en: The short way}."
    ]


def test_what_is_published_is_read_as_it_always_was() -> None:
    kept = Definition.model_validate(document([step("w", "wait", title=TITLE, duration="7 days"), END]))
    assert Definition.model_validate(kept.model_dump(mode="json")) == kept


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_that_is_offered_is_there(name: str) -> None:
    check_expression(f"{name}(facts)")


def test_one_appointment_is_booked_once() -> None:
    """However far it is ahead, and though the way leads in a circle."""
    steps = [
        BOOK,
        waits("pay", "pay", on_release="book"),
        waits("more", "book", appointment_type="x", next="book"),
        END,
    ]
    definition = read_definition(document(steps))
    state = started(definition).state
    for change in ("confirmed", "missed"):
        word = AppointmentChanged.model_validate({"appointment_id": UUID(int=7), "change": change})
        assert apply(definition, state, word, NOW).state.step == "more"
