"""A FHIR R4 Questionnaire becomes one language of a form. What patients have begun to answer never changes."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import House
from domain.questionnaires import read_form
from domain.refusals import DocumentInvalid
from models import Organization, Questionnaire
from models.session import Database
from usecases.fhir_import.importing import named_organization
from usecases.fhir_import.reading import Resource, read_file


class Wanted(BaseModel):
    """`key` of the form the file is a language of, `locale` that language."""

    model_config = ConfigDict(frozen=True)

    organization: str
    key: str
    locale: str


class Stored(BaseModel):
    """`new` is False when this very text was there already."""

    version: int
    questions: int
    new: bool


async def import_questionnaire(database: Database, path: Path, wanted: Wanted) -> Stored:
    """A language that was missing joins the form's newest version; a changed text begins the next, and the other
    languages come along. Raises `DocumentInvalid` with every error found.
    """
    resource = _questionnaire(path, wanted.locale)
    questions = len(read_form(resource).answerable)
    async with database.transaction(House()) as session:
        organization = await named_organization(session, wanted.organization)
        sheets = await _newest(session, organization, wanted.key)
        others = {locale: sheet for locale, sheet in sheets.items() if locale != wanted.locale}
        resource = aligned(resource, next((sheet.resource for sheet in others.values()), None))
        version = next((sheet.version for sheet in sheets.values()), 1)
        before = sheets.get(wanted.locale)
        if before is not None and before.resource == resource:
            return Stored(version=version, questions=questions, new=False)
        texts = {wanted.locale: resource}
        if before is not None:
            version += 1
            texts |= {locale: sheet.resource for locale, sheet in others.items()}
        for locale, text in texts.items():
            session.add(_sheet(organization, wanted.key, version, locale, text))
    return Stored(version=version, questions=questions, new=True)


def aligned(resource: Resource, other: Resource | None) -> Resource:
    """The same question has the same linkId in every language; which is the same, its concept (LOINC) says."""
    known = (
        {question.concept: question.link_id for question in read_form(other).questions if question.concept}
        if other
        else {}
    )
    return {**resource, "item": [_aligned(item, known) for item in resource["item"]]}


def _aligned(item: Resource, known: dict[str, str]) -> Resource:
    concepts = [str(code.get("code")) for code in item.get("code", ()) if isinstance(code, dict)]
    renamed = {**item, "linkId": next((known[code] for code in concepts if code in known), item["linkId"])}
    return renamed | {"item": [_aligned(each, known) for each in item["item"]]} if "item" in item else renamed


def _questionnaire(path: Path, locale: str) -> Resource:
    resources = read_file(path)
    if len(resources) != 1 or not isinstance(resources[0], dict):
        raise DocumentInvalid([f"{path.name}: the file holds {len(resources)} resources. Give it one Questionnaire."])
    resource: Resource = resources[0]
    language = str(resource.get("language", locale))
    if language.split("-")[0] != locale.split("-")[0]:
        raise DocumentInvalid([f"{path.name}: it is in '{language}', not in '{locale}'. Name its own language."])
    return {**resource, "language": language}


async def _newest(session: AsyncSession, organization: Organization, key: str) -> dict[str, Questionnaire]:
    """The form's newest version, by locale."""
    mine = select(Questionnaire).where(
        col(Questionnaire.organization_id) == organization.id, col(Questionnaire.key) == key
    )
    sheets = list(await session.scalars(mine.order_by(col(Questionnaire.locale))))
    newest = max((sheet.version for sheet in sheets), default=0)
    return {sheet.locale: sheet for sheet in sheets if sheet.version == newest}


def _sheet(organization: Organization, key: str, version: int, locale: str, resource: Resource) -> Questionnaire:
    return Questionnaire(
        organization_id=organization.id,
        key=key,
        version=version,
        locale=locale,
        title=str(resource.get("title") or key),
        resource=resource,
    )
