"""Whether a definition makes sense as a whole. Every error says where it is and how to mend it."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from domain.appointments.state import OVERRUN
from domain.journeys.expressions import BadExpression, check_expression
from domain.journeys.facts import conditions, undecided, unknown_facts
from domain.journeys.graph import astray, targets
from domain.journeys.language import AnyStep, Definition, Session, Task, Text, owner_of
from domain.journeys.length import BY_HAND
from domain.mistakes import in_document
from domain.refusals import DocumentInvalid, Sentence


def read_definition(document: dict[str, Any]) -> Definition:
    """The definition in `document` (as read from YAML or JSON). Raises `DocumentInvalid` with every error found."""
    try:
        definition = Definition.model_validate(document, context=BY_HAND)
    except ValidationError as invalid:
        raise DocumentInvalid([_sentence(document, error) for error in invalid.errors()]) from None
    if errors := list(problems(definition)):
        raise DocumentInvalid(errors)
    return definition


def problems(definition: Definition) -> Iterator[Sentence]:
    """Sentences about what does not hold; none when the definition can run."""
    if not _in_english(definition.title):
        yield Sentence("title: the plan's own is not said in English. Write it, such as title: {en: The short way}.")
    yield from _double_ids(definition)
    known = {step.id for step in definition.steps}
    for step in definition.steps:
        for field, target in targets(step):
            if target not in known:
                yield Sentence(
                    "Step '%(step)s', %(field)s: there is no step '%(target)s'. Name one of: %(known)s.",
                    step=step.id,
                    field=field,
                    target=target,
                    known=", ".join(sorted(known)),
                )
        yield from _patience(step)
        yield from _untold(step)
    yield from list(_unreadable(definition)) or list(unknown_facts(definition)) or undecided(definition)
    if all(target in known for step in definition.steps for _, target in targets(step)):
        yield from astray(definition)


def _double_ids(definition: Definition) -> Iterator[Sentence]:
    ids = [step.id for step in definition.steps]
    for double in sorted({step_id for step_id in ids if ids.count(step_id) > 1}):
        yield Sentence(
            "Step '%(step)s': the id is used %(times)s times. Give each step its own id.",
            step=double,
            times=ids.count(double),
        )


def _unreadable(definition: Definition) -> Iterator[Sentence]:
    for step in definition.steps:
        for field, text in conditions(step):
            try:
                check_expression(text)
            except BadExpression as error:
                yield Sentence(
                    "Step '%(step)s', %(field)s: this condition cannot be read (%(why)s). Write a CEL condition over "
                    '`facts`, such as facts.triage == "urgent".',
                    step=step.id,
                    field=field,
                    why=error.args[0],
                )


def _patience(step: AnyStep) -> Iterator[Sentence]:
    patience = getattr(step, "patience", None)
    if patience is None:
        return
    moments = [*patience.nudge, patience.escalate]
    if any(moment >= patience.deadline for moment in moments):
        yield Sentence(
            "Step '%(step)s', patience: nudges and escalation come before the deadline. Move them, or the deadline.",
            step=step.id,
        )
    if list(patience.nudge) != sorted(set(patience.nudge)):
        yield Sentence("Step '%(step)s', patience.nudge: list each moment once, the earliest first.", step=step.id)
    if isinstance(step, Session) and patience.deadline <= OVERRUN:
        yield Sentence(
            "Step '%(step)s', patience.deadline: the session itself may go on until an hour after its planned end. "
            "Write a longer one, such as P2D.",
            step=step.id,
        )


def _untold(step: AnyStep) -> Iterator[Sentence]:
    """Patients and staff read what is waited for; English is what everybody without a translation is shown."""
    if owner_of(step) is not None and not _in_english(step.title):
        yield Sentence(
            "Step '%(step)s', title: people read what is waited for, and it is not said in English. "
            "Write it, such as title: {en: Your consent}.",
            step=step.id,
        )
    if isinstance(step, Task) and step.task and not _in_english(step.task):
        yield Sentence(
            "Step '%(step)s', task: it is not said in English. Write it, such as task: {en: Call the patient}.",
            step=step.id,
        )


def _in_english(words: Text) -> bool:
    return bool(words.get("en", "").strip())


def _sentence(document: dict[str, Any], error: Any) -> Sentence:
    """Within steps, pydantic names the place as ("steps", number, kind, field, ...)."""
    what = Sentence(WRONG[error["type"]]) if error["type"] in WRONG else in_document(error)
    place = error["loc"]
    if len(place) < 2 or place[0] != "steps" or not isinstance(place[1], int):
        where = ".".join(map(str, place)) or "document"
        return Sentence("%(where)s: %(what)s", where=where, what=what)
    field = ".".join(map(str, place[3:])) or "kind"
    return Sentence(
        "Step '%(step)s', %(field)s: %(what)s", step=_name(document.get("steps"), place[1]), field=field, what=what
    )


def _name(steps: Any, number: int) -> str:
    """A step's id, or its number where it has none."""
    step = steps[number] if isinstance(steps, list) and number < len(steps) else None
    return str(step.get("id", number + 1)) if isinstance(step, dict) else str(number + 1)


WRONG = {
    "union_tag_invalid": "There is no such kind of step. Use one of the kinds in docs/journeys.md.",
    "union_tag_not_found": "It is missing. Add 'kind' to the step.",
    "time_delta_parsing": "This is no duration. Write one such as P3D (three days) or PT12H (twelve hours).",
    "length_out_of_bounds": "This is too short or too long. Write a second (PT1S) at least, five years (P5Y) at most.",
}
