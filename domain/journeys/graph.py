"""Where the steps of a definition lead, and what is wrong with their ways."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from domain.journeys.language import (
    AnyStep,
    Book,
    Branch,
    Definition,
    End,
    Note,
    Pay,
    Repeat,
    Session,
    Task,
    owner_of,
)
from domain.refusals import Sentence

Onward = Callable[[str], Iterable[str]]
"""A step's id -> the ids of those that may come next."""


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


def astray(definition: Definition) -> Iterator[Sentence]:
    """Sentences about ways that do not hold, when every step that is named is there."""
    yield from _open_end(definition)
    yield from _unreached(definition)
    yield from _endless(definition)
    yield from _unbooked(definition)
    yield from _released(definition)


def _open_end(definition: Definition) -> Iterator[Sentence]:
    last = definition.steps[-1]
    if not isinstance(last, End | Branch) and last.next is None:
        yield Sentence(
            "Step '%(step)s': nothing follows it. Close the definition with a step of kind 'end'.", step=last.id
        )


def _unreached(definition: Definition) -> Iterator[Sentence]:
    first = definition.steps[0].id
    reached = _reached([first], lambda step_id: successors(definition, definition.step(step_id)))
    for step in definition.steps:
        if step.id not in reached:
            yield Sentence("Step '%(step)s': no way leads to it. Name it as a target, or take it out.", step=step.id)


def _endless(definition: Definition) -> Iterator[Sentence]:
    """A circle of steps that all pass at once would never stop: a `repeat` begins to count anew each time around."""
    instant = {step.id for step in definition.steps if owner_of(step) is None and not isinstance(step, End)}

    def onward(step_id: str) -> list[str]:
        return [each for each in successors(definition, definition.step(step_id)) if each in instant]

    for step_id in sorted(instant):
        if step_id in _reached(onward(step_id), onward):
            yield Sentence(
                "Step '%(step)s': it leads back to itself without waiting. Put a waiting step between.", step=step_id
            )


def _unbooked(definition: Definition) -> Iterator[Sentence]:
    """Who does not book goes on where patience with booking ends, and has no appointment there."""

    def onward(step_id: str) -> list[str]:
        step = definition.step(step_id)
        return [step.patience.then] if isinstance(step, Book) else successors(definition, step)

    came_from = _reached([definition.steps[0].id], onward)
    for step in definition.steps:
        if step.id in came_from and _needs_appointment(step):
            yield Sentence(
                "Step '%(step)s': the way %(way)s leads to it, and there is no appointment for it. "
                "Put a step of kind 'book' before it.",
                step=step.id,
                way=" > ".join(_way(came_from, step.id)),
            )


def _needs_appointment(step: AnyStep) -> bool:
    return isinstance(step, Pay | Session | Note) or (isinstance(step, Task) and step.assignee == "specialist")


def _released(definition: Definition) -> Iterator[Sentence]:
    for step in definition.steps:
        if isinstance(step, Pay) and not isinstance(definition.step(step.on_release), Book):
            yield Sentence(
                "Step '%(step)s', on_release: '%(target)s' does not book. Name the step of kind 'book'.",
                step=step.id,
                target=step.on_release,
            )


def _reached(first: Iterable[str], onward: Onward) -> dict[str, str]:
    """Every step reached from those of `first`, themselves included -> the one before it, "" for the first."""
    came_from = dict.fromkeys(first, "")
    ahead = deque(came_from)
    while ahead:
        step_id = ahead.popleft()
        for following in onward(step_id):
            if following not in came_from:
                came_from[following] = step_id
                ahead.append(following)
    return came_from


def _way(came_from: dict[str, str], step_id: str) -> list[str]:
    way = [step_id]
    while before := came_from[way[0]]:
        way.insert(0, before)
    return way
