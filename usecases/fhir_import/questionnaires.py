"""A FHIR R4 Questionnaire becomes one language of a form."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from domain.actors import House
from domain.journeys.language import Key
from domain.mistakes import in_document
from domain.packs.fields import Locale
from domain.questionnaire_checks import check_form
from domain.questionnaires import Form, read_form
from domain.refusals import DocumentInvalid
from models.session import Database
from usecases.fhir_import.importing import named_organization
from usecases.fhir_import.reading import Resource, read_file
from usecases.form_versions import newest_sheets, publish_form


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
    """As `publish_form` does. Raises `DocumentInvalid` with every error found."""
    _check_names(wanted)
    resource = _questionnaire(path, wanted.locale)
    form = _checked(path, resource, wanted)
    async with database.transaction(House()) as session:
        organization = await named_organization(session, wanted.organization)
        sheets = await newest_sheets(session, organization.id, wanted.key)
        other = next((sheet.resource for locale, sheet in sheets.items() if locale != wanted.locale), None)
        texts = {wanted.locale: aligned(resource, other)}
        version, new = await publish_form(session, organization.id, wanted.key, texts)
    return Stored(version=version, questions=len(form.answerable), new=new)


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
    return {"language": locale, **resource}


def _check_names(wanted: Wanted) -> None:
    for option, kind, given in (("key", Key, wanted.key), ("locale", Locale, wanted.locale)):
        try:
            TypeAdapter(kind).validate_python(given)
        except ValidationError as invalid:
            raise DocumentInvalid([f"--{option} {given}: {in_document(invalid.errors()[0])}"]) from None


def _checked(path: Path, resource: Resource, wanted: Wanted) -> Form:
    try:
        return check_form(resource, wanted.locale)
    except DocumentInvalid as invalid:
        raise DocumentInvalid([f"{path.name}: {error}" for error in invalid.errors]) from None
