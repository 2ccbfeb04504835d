"""Drafts of journey definitions: whether one holds for the organization, and how it would look. Nothing is kept."""

from typing import Any

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Operator
from domain.journeys.facts import Learned, results_of, unknown_facts
from domain.journeys.language import Definition
from domain.journeys.names import Known, unknown_names
from domain.journeys.validation import read_definition
from domain.questionnaires import Form, read_form
from domain.refusals import DocumentInvalid
from models import AppointmentType, ConsentText, Engagement, Material, MessageTemplate, Questionnaire, Specialist
from usecases.context import Context
from usecases.organization.flows import Flow, flow_of
from usecases.permission import needs
from usecases.views import Command
from usecases.yaml_documents import read_yaml

NAMES: tuple[tuple[str, Any, Any], ...] = (
    ("form", col(Questionnaire.key), col(Questionnaire.organization_id)),
    ("consents", col(ConsentText.kind), col(ConsentText.organization_id)),
    ("appointment_type", col(AppointmentType.key), col(AppointmentType.organization_id)),
    ("materials", col(Material.key), col(Material.organization_id)),
    ("template", col(MessageTemplate.key), col(MessageTemplate.organization_id)),
)
"""A field of steps, the column of what it names, and whose that is."""


class Draft(Command):
    """A whole definition as YAML or JSON."""

    document: str = Field(min_length=1, max_length=200_000)


@needs("definition:read")
async def try_out(context: Context, operator: Operator, draft: Draft, locale: str) -> Flow:
    """The flow the draft would have. Nothing is stored. Raises `DocumentInvalid` with every error found."""
    found = validate(draft)
    async with context.database.transaction(operator) as session:
        known, results = await known_names(session, operator), await known_results(session, operator)
    if errors := [*unknown_names(found, known), *unknown_facts(found, results)]:
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


async def known_results(session: AsyncSession, operator: Operator) -> Learned:
    """What the organization's forms can say of somebody who answers them."""
    mine = select(Questionnaire).where(col(Questionnaire.organization_id) == operator.organization_id)
    forms: dict[str, list[Form]] = {}
    for sheet in await session.scalars(mine):
        forms.setdefault(sheet.key, []).append(read_form(sheet.resource))
    return results_of(forms)


def read_draft(document: str) -> dict[str, Any]:
    """YAML, of which JSON is a part. Raises `DocumentInvalid`."""
    found = read_yaml(document)
    if not isinstance(found, dict):
        raise DocumentInvalid(
            ["The document is no mapping. Begin with 'key: …', 'version: 1', 'title: …', 'steps: …'."]
        )
    return found
