"""Whether a definition makes sense as a whole. Every error says where it is and how to mend it."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from domain.journeys.expressions import BadExpression, check_expression
from domain.journeys.facts import conditions, unknown_facts
from domain.journeys.language import (
    AnyStep,
    Book,
    Branch,
    Definition,
    End,
    Pay,
    Repeat,
    Session,
    owner_of,
)
from domain.mistakes import spelled_out
from domain.refusals import DocumentInvalid, Sentence


def read_definition(document: dict[str, Any]) -> Definition:
    """The definition in `document` (as read from YAML or JSON). Raises `DocumentInvalid` with every error found."""
    try:
        definition = Definition.model_validate(document)
    except ValidationError as invalid:
        raise DocumentInvalid([_sentence(document, error) for error in invalid.errors()]) from None
    if errors := list(problems(definition)):
        raise DocumentInvalid(errors)
    return definition


def problems(definition: Definition) -> Iterator[Sentence]:
    """Sentences about what does not hold; none when the definition can run."""
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
    yield from list(_unreadable(definition)) or unknown_facts(definition)
    if all(target in known for step in definition.steps for _, target in targets(step)):
        yield from _flow(definition)


def targets(step: AnyStep) -> Iterator[tuple[str, str]]:
    """Every (field, step id) a step may go to besides the one that follows it."""
    if step.next is not None:
        yield "next", step.next
    if patience := getattr(step, "patience", None):
        yield "patience.then", patience.then
    if isinstance(step, Pay):
        yield "on_release", step.on_release
    if isinstance(step, Session):
        yield from (("on_cancelled", step.on_cancelled), ("on_missed", step.on_missed))
    if isinstance(step, Branch):
        yield from ((f"cases[{n}].goto", case.goto) for n, case in enumerate(step.cases))
        yield "otherwise", step.otherwise
    if isinstance(step, Repeat):
        yield "back_to", step.back_to


def successors(definition: Definition, step: AnyStep) -> list[str]:
    """Every step that may come next."""
    ids = [target for _, target in targets(step)]
    following = definition.following(step.id)
    if following and not isinstance(step, End | Branch):
        ids.append(following.id)
    return ids


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


def _flow(definition: Definition) -> Iterator[Sentence]:
    last = definition.steps[-1]
    if not isinstance(last, End | Branch) and last.next is None:
        yield Sentence(
            "Step '%(step)s': nothing follows it. Close the definition with a step of kind 'end'.", step=last.id
        )
    reached = _reachable(definition)
    for step in definition.steps:
        if step.id not in reached:
            yield Sentence("Step '%(step)s': no way leads to it. Name it as a target, or take it out.", step=step.id)
    yield from _endless(definition)
    yield from _appointments(definition)


def _reachable(definition: Definition) -> set[str]:
    reached: set[str] = set()
    ahead = [definition.steps[0].id]
    while ahead:
        step_id = ahead.pop()
        if step_id not in reached:
            reached.add(step_id)
            ahead.extend(successors(definition, definition.step(step_id)))
    return reached


def _endless(definition: Definition) -> Iterator[Sentence]:
    """A circle of steps that all pass at once would never stop."""
    instant = {s.id for s in definition.steps if owner_of(s) is None and not isinstance(s, End | Repeat)}
    for step_id in sorted(instant):
        seen: set[str] = set()
        ahead = [n for n in successors(definition, definition.step(step_id)) if n in instant]
        while ahead:
            current = ahead.pop()
            if current == step_id:
                yield Sentence(
                    "Step '%(step)s': it leads back to itself without waiting. Put a waiting step between.",
                    step=step_id,
                )
                break
            if current not in seen:
                seen.add(current)
                ahead.extend(n for n in successors(definition, definition.step(current)) if n in instant)


def _appointments(definition: Definition) -> Iterator[Sentence]:
    has_book = any(isinstance(step, Book) for step in definition.steps)
    for step in definition.steps:
        if isinstance(step, Pay | Session) and not has_book:
            yield Sentence(
                "Step '%(step)s': there is no appointment for it. Put a step of kind 'book' before it.", step=step.id
            )
        if isinstance(step, Pay) and not isinstance(definition.step(step.on_release), Book):
            yield Sentence(
                "Step '%(step)s', on_release: '%(target)s' does not book. Name the step of kind 'book'.",
                step=step.id,
                target=step.on_release,
            )


def _sentence(document: dict[str, Any], error: Any) -> Sentence:
    what = Sentence(WRONG[error["type"]]) if error["type"] in WRONG else spelled_out(error)
    place = [part for part in error["loc"] if part not in KINDS]
    if len(place) < 2 or place[0] != "steps" or not isinstance(place[1], int):
        where = ".".join(map(str, place)) or "document"
        return Sentence("%(where)s: %(what)s", where=where, what=what)
    field = ".".join(map(str, place[2:])) or "kind"
    return Sentence(
        "Step '%(step)s', %(field)s: %(what)s", step=_name(document.get("steps"), place[1]), field=field, what=what
    )


def _name(steps: Any, number: int) -> str:
    """A step's id, or its number where it has none."""
    step = steps[number] if isinstance(steps, list) and number < len(steps) else None
    return str(step.get("id", number + 1)) if isinstance(step, dict) else str(number + 1)


WRONG = {
    "missing": "This is missing. Add it.",
    "extra_forbidden": "There is no field of this name. Take it out, or check its spelling.",
    "union_tag_invalid": "There is no such kind of step. Use one of the kinds in docs/journeys.md.",
    "union_tag_not_found": "It is missing. Add 'kind' to the step.",
    "string_pattern_mismatch": "This is no key. Use lower-case letters, digits and hyphens, beginning with a letter.",
    "time_delta_parsing": "This is no duration. Write one such as P3D (three days) or PT12H (twelve hours).",
}

KINDS = {
    "consent", "form", "triage", "match", "book", "pay", "prepare", "session", "note", "survey", "task", "message",
    "wait", "branch", "repeat", "end",
}  # fmt: skip
