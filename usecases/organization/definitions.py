"""Journey definitions as configurators read them: versions, the flow of one, and whether a draft would hold."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Operator
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
from domain.journeys.names import Known, unknown_names
from domain.journeys.validation import read_definition, targets
from domain.refusals import DocumentInvalid, NotFound
from domain.words import said
from models import (
    AppointmentType,
    ConsentText,
    Engagement,
    Journey,
    JourneyDefinition,
    Material,
    MessageTemplate,
    Questionnaire,
    Specialist,
)
from usecases.context import Context
from usecases.permission import needs
from usecases.views import Command, View
from usecases.yaml_documents import read_yaml

DRAWN = {"kind", "patience", "duration", "rules", "cases", "otherwise", "back_to", "condition", "task"}
"""Fields that have their own place in the drawing."""

NAMES: tuple[tuple[str, Any, Any], ...] = (
    ("form", col(Questionnaire.key), col(Questionnaire.organization_id)),
    ("consents", col(ConsentText.kind), col(ConsentText.organization_id)),
    ("appointment_type", col(AppointmentType.key), col(AppointmentType.organization_id)),
    ("materials", col(Material.key), col(Material.organization_id)),
    ("template", col(MessageTemplate.key), col(MessageTemplate.organization_id)),
)
"""A field of steps, the column of what it names, and whose that is."""

LATEST = 2**31 - 1
"""PostgreSQL's largest version."""


class DefinitionRow(View):
    """`running`: open journeys that are pinned to this version."""

    id: UUID
    key: str
    version: int
    title: str
    status: str
    steps: int
    running: int
    published_at: datetime


class PatienceView(View):
    """How long a step waits, from when it was entered."""

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


class Draft(Command):
    """A whole definition as YAML or JSON."""

    document: str = Field(min_length=1, max_length=200_000)


@needs("definition:read")
async def definitions(context: Context, operator: Operator, locale: str) -> tuple[DefinitionRow, ...]:
    mine = col(JourneyDefinition.organization_id) == operator.organization_id
    rows = select(JourneyDefinition).where(mine)
    counted = (
        select(col(Journey.definition_key), col(Journey.definition_version), func.count())
        .where(col(Journey.organization_id) == operator.organization_id, col(Journey.status) == "active")
        .group_by(col(Journey.definition_key), col(Journey.definition_version))
    )
    async with context.database.transaction(operator) as session:
        running = {(key, version): count for key, version, count in await session.execute(counted)}
        found = list(
            await session.scalars(rows.order_by(col(JourneyDefinition.key), col(JourneyDefinition.version).desc()))
        )
    return tuple(
        DefinitionRow(
            **row.model_dump(include={"id", "key", "version", "status", "published_at"}),
            title=said(row.body.get("title", {}), locale),
            steps=len(row.body.get("steps", ())),
            running=running.get((row.key, row.version), 0),
        )
        for row in found
    )


@needs("definition:read")
async def definition(context: Context, operator: Operator, key: str, version: int, locale: str) -> Flow:
    """Raises `NotFound`."""
    if not 0 < version <= LATEST:
        raise NotFound
    wanted = (col(JourneyDefinition.key) == key) & (col(JourneyDefinition.version) == version)
    mine = col(JourneyDefinition.organization_id) == operator.organization_id
    async with context.database.transaction(operator) as session:
        row = (await session.scalars(select(JourneyDefinition).where(mine, wanted))).one_or_none()
    if row is None:
        raise NotFound
    return flow_of(read_definition(row.body), locale)


@needs("definition:read")
async def try_out(context: Context, operator: Operator, draft: Draft, locale: str) -> Flow:
    """The flow the draft would have. Nothing is stored. Raises `DocumentInvalid` with every error found."""
    found = validate(draft)
    async with context.database.transaction(operator) as session:
        known = await known_names(session, operator)
    if errors := list(unknown_names(found, known)):
        raise DocumentInvalid(errors)
    return flow_of(found, locale)


def validate(draft: Draft) -> Definition:
    """Whether it holds in itself, whatever the organization has. Raises `DocumentInvalid` with every error found."""
    return read_definition(read_draft(draft.document))


async def known_names(session: AsyncSession, operator: Operator) -> Known:
    """What the organization has for definitions to name."""
    mine = operator.organization_id
    engaged = select(col(Engagement.specialist_id)).where(col(Engagement.organization_id) == mine)
    skills = select(col(Specialist.specialities)).where(col(Specialist.id).in_(engaged))
    known = {field: frozenset(await session.scalars(select(name).where(of == mine))) for field, name, of in NAMES}
    return known | {"specialities": frozenset(skill for each in await session.scalars(skills) for skill in each)}


def read_draft(document: str) -> dict[str, Any]:
    """YAML, of which JSON is a part. Raises `DocumentInvalid`."""
    found = read_yaml(document)
    if not isinstance(found, dict):
        raise DocumentInvalid(
            ["The document is no mapping. Begin with 'key: …', 'version: 1', 'title: …', 'steps: …'."]
        )
    return found


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
