"""Whether a definition makes sense as a whole. Every error says where it is and how to mend it."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from domain.journeys.expressions import BadExpression, check_expression
from domain.journeys.language import (
    AnyStep,
    Book,
    Branch,
    Definition,
    End,
    Pay,
    Repeat,
    Session,
    Triage,
    owner_of,
)
from domain.refusals import DocumentInvalid


def read_definition(document: dict[str, Any]) -> Definition:
    """The definition in `document` (as read from YAML or JSON). Raises `DocumentInvalid` with every error found."""
    try:
        definition = Definition.model_validate(document)
    except ValidationError as invalid:
        raise DocumentInvalid([_sentence(document, error) for error in invalid.errors()]) from None
    if errors := list(problems(definition)):
        raise DocumentInvalid(errors)
    return definition


def problems(definition: Definition) -> Iterator[str]:
    """Sentences about what does not hold; none when the definition can run."""
    yield from _double_ids(definition)
    known = {step.id for step in definition.steps}
    for step in definition.steps:
        for field, target in targets(step):
            if target not in known:
                choice = ", ".join(sorted(known))
                yield f"Step '{step.id}', {field}: there is no step '{target}'. Name one of: {choice}."
        yield from _conditions(step)
        yield from _patience(step)
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


def _double_ids(definition: Definition) -> Iterator[str]:
    ids = [step.id for step in definition.steps]
    for double in sorted({step_id for step_id in ids if ids.count(step_id) > 1}):
        yield f"Step '{double}': the id is used {ids.count(double)} times. Give each step its own id."


def _conditions(step: AnyStep) -> Iterator[str]:
    texts: list[tuple[str, str]] = []
    if isinstance(step, Triage):
        texts = [(f"rules[{n}].when", rule.when) for n, rule in enumerate(step.rules)]
    if isinstance(step, Branch):
        texts = [(f"cases[{n}].when", case.when) for n, case in enumerate(step.cases)]
    if isinstance(step, Repeat):
        texts = [("condition", step.condition)]
    for field, text in texts:
        try:
            check_expression(text)
        except BadExpression as error:
            hint = 'Write a CEL condition over `facts`, such as facts.triage == "urgent".'
            yield f"Step '{step.id}', {field}: {error}. {hint}"


def _patience(step: AnyStep) -> Iterator[str]:
    patience = getattr(step, "patience", None)
    if patience is None:
        return
    moments = [*patience.nudge, patience.escalate]
    if any(moment >= patience.deadline for moment in moments):
        yield f"Step '{step.id}', patience: nudges and escalation come before the deadline. Move them, or the deadline."
    if list(patience.nudge) != sorted(set(patience.nudge)):
        yield f"Step '{step.id}', patience.nudge: list each moment once, the earliest first."


def _flow(definition: Definition) -> Iterator[str]:
    last = definition.steps[-1]
    if not isinstance(last, End | Branch) and last.next is None:
        yield f"Step '{last.id}': nothing follows it. Close the definition with a step of kind 'end'."
    reached = _reachable(definition)
    for step in definition.steps:
        if step.id not in reached:
            yield f"Step '{step.id}': no way leads to it. Name it as a target, or take it out."
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


def _endless(definition: Definition) -> Iterator[str]:
    """A circle of steps that all pass at once would never stop."""
    instant = {s.id for s in definition.steps if owner_of(s) is None and not isinstance(s, End | Repeat)}
    for step_id in sorted(instant):
        seen: set[str] = set()
        ahead = [n for n in successors(definition, definition.step(step_id)) if n in instant]
        while ahead:
            current = ahead.pop()
            if current == step_id:
                yield f"Step '{step_id}': it leads back to itself without waiting. Put a waiting step between."
                break
            if current not in seen:
                seen.add(current)
                ahead.extend(n for n in successors(definition, definition.step(current)) if n in instant)


def _appointments(definition: Definition) -> Iterator[str]:
    has_book = any(isinstance(step, Book) for step in definition.steps)
    for step in definition.steps:
        if isinstance(step, Pay | Session) and not has_book:
            yield f"Step '{step.id}': there is no appointment to {step.kind} for. Put a step of kind 'book' before it."
        if isinstance(step, Pay) and not isinstance(definition.step(step.on_release), Book):
            yield f"Step '{step.id}', on_release: '{step.on_release}' does not book. Name the step of kind 'book'."


def _sentence(document: dict[str, Any], error: Any) -> str:
    place = [part for part in error["loc"] if part not in KINDS]
    where = ".".join(str(part) for part in place) or "document"
    if len(place) > 1 and place[0] == "steps" and isinstance(place[1], int):
        steps = document.get("steps")
        step = steps[place[1]] if isinstance(steps, list) and place[1] < len(steps) else None
        name = step.get("id", f"number {place[1] + 1}") if isinstance(step, dict) else f"number {place[1] + 1}"
        where = f"Step '{name}', {'.'.join(str(part) for part in place[2:]) or 'kind'}"
    return f"{where}: {error['msg']}. {MEND.get(error['type'], 'See the journey language in docs/journeys.md.')}"


MEND = {
    "missing": "Add it.",
    "extra_forbidden": "Take it out, or check its spelling.",
    "union_tag_invalid": "Use one of the kinds in docs/journeys.md.",
    "union_tag_not_found": "Add 'kind' to the step.",
    "string_pattern_mismatch": "Use lower-case letters, digits and hyphens, beginning with a letter.",
    "time_delta_parsing": "Write a duration such as P3D (three days) or PT12H (twelve hours).",
}

KINDS = {
    "consent", "form", "triage", "match", "book", "pay", "prepare", "session", "note", "survey", "task", "message",
    "wait", "branch", "repeat", "end",
}  # fmt: skip
