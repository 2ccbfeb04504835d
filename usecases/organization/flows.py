"""A journey definition as a flow: every step, whom it waits for and where it leads, in the reader's language."""

from datetime import timedelta
from typing import Any

from domain.journeys.graph import targets
from domain.journeys.language import (
    AnyStep,
    Branch,
    Definition,
    End,
    Repeat,
    Step,
    Task,
    Triage,
    Wait,
    owner_of,
    stage_of,
)
from domain.words import said
from usecases.views import View

DRAWN = {"kind", "patience", "duration", "rules", "cases", "otherwise", "back_to", "condition", "task"}
"""Fields that have their own place in the drawing."""


class PatienceView(View):
    """How long a step waits, from when it was entered; a session, from the planned end of its appointment."""

    nudges: tuple[timedelta, ...]
    escalate: timedelta | None
    escalate_to: str
    deadline: timedelta
    then: str


class Turn(View):
    """A way that leads elsewhere than to the following step: the condition or event, and the step's id."""

    when: str
    to: str


class StepView(View):
    """`owner` "" for a step that passes at once; `lasts` of a pause; `following` None where nothing follows."""

    id: str
    kind: str
    title: str
    stage: str
    owner: str
    says: tuple[tuple[str, str], ...]
    patience: PatienceView | None
    lasts: timedelta | None
    turns: tuple[Turn, ...]
    following: str | None


class Flow(View):
    key: str
    version: int
    title: str
    description: str
    steps: tuple[StepView, ...]


def flow_of(found: Definition, locale: str) -> Flow:
    return Flow(
        key=found.key,
        version=found.version,
        title=said(found.title, locale),
        description=said(found.description, locale),
        steps=tuple(_step(found, step, locale) for step in found.steps),
    )


def _step(found: Definition, step: AnyStep, locale: str) -> StepView:
    following = None if isinstance(step, End | Branch) else found.following(step.id)
    return StepView(
        id=step.id,
        kind=step.kind,
        title=said(step.title, locale),
        stage=stage_of(step),
        owner=owner_of(step) or "",
        says=tuple(_says(step, locale)),
        patience=_patience(step),
        lasts=step.duration if isinstance(step, Wait) else None,
        turns=tuple(_turns(step)),
        following=following.id if following else None,
    )


def _says(step: AnyStep, locale: str) -> list[tuple[str, str]]:
    """What is particular to the step's kind: (field, value) as the definition has it; "" where naming it says all."""
    known = Step.model_fields.keys() | DRAWN | {field for field, _ in targets(step)}
    fields = step.model_dump(mode="json", exclude=set(known))
    own = [("task", said(step.task, locale))] if isinstance(step, Task) and step.task else []
    return own + [(name, _text(value)) for name, value in fields.items() if value not in (False, [])]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is True else str(value)


def _patience(step: AnyStep) -> PatienceView | None:
    patience = getattr(step, "patience", None)
    if patience is None:
        return None
    return PatienceView(
        nudges=patience.nudge,
        escalate=patience.escalate,
        escalate_to=patience.escalate_to,
        deadline=patience.deadline,
        then=patience.then,
    )


def _turns(step: AnyStep) -> list[Turn]:
    if isinstance(step, Triage):
        routes = [Turn(when=rule.when, to=rule.route) for rule in step.rules]
        return [*routes, Turn(when="otherwise", to=step.otherwise)]
    if isinstance(step, Branch):
        cases = [Turn(when=case.when, to=case.goto) for case in step.cases]
        return [*cases, Turn(when="otherwise", to=step.otherwise)]
    if isinstance(step, Repeat):
        return [Turn(when=step.condition, to=step.back_to)]
    return [Turn(when=field, to=target) for field, target in targets(step) if field not in ("next", "patience.then")]
