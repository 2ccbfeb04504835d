"""Reading a pack's folder; every error says in which file it is."""

from collections.abc import Collection, Iterator
from pathlib import Path

from pydantic import ValidationError

from domain.journeys.facts import results_of, unknown_facts
from domain.journeys.language import Definition, Message
from domain.journeys.names import Known, unknown_names
from domain.journeys.validation import read_definition
from domain.messages import FALLBACK, missing, problems
from domain.mistakes import in_document
from domain.packs.names import Mistake, mistakes
from domain.packs.organizations import OrganizationDocument
from domain.packs.pack import Pack
from domain.questionnaire_checks import check_form
from domain.questionnaire_languages import unlike
from domain.questionnaires import Form
from domain.refusals import DocumentInvalid
from usecases.packs.folder import read_folder


def read_pack(path: Path, our_hosts: Collection[str] = ()) -> Pack:
    """The pack in the folder `path`; `our_hosts` are no brand's to take. Raises `DocumentInvalid` with every error."""
    folder = read_folder(path)
    try:
        pack = Pack.model_validate(folder.document)
    except ValidationError as invalid:
        raise DocumentInvalid([folder.said(each["loc"], in_document(each)) for each in invalid.errors()]) from None
    found = [*mistakes(pack, our_hosts), *_problems(pack)]
    if found:
        raise DocumentInvalid([folder.said(*mistake) for mistake in found])
    return pack


def _problems(pack: Pack) -> Iterator[Mistake]:
    definitions: dict[int, Definition] = {}
    for number, document in enumerate(pack.journeys):
        try:
            definitions[number] = read_definition(document)
        except DocumentInvalid as invalid:
            yield from ((("journeys", number), error) for error in invalid.errors)
    forms: dict[str, dict[str, Form]] = {key: {} for key in pack.forms}
    for key, locales in pack.forms.items():
        for locale, resource in locales.items():
            try:
                forms[key][locale] = check_form(resource, locale)
            except DocumentInvalid as invalid:
                yield from ((("forms", key, locale), error) for error in invalid.errors)
        if forms[key]:
            yield from ((("forms", key), error) for error in unlike(forms[key]))
    results = results_of({key: texts.values() for key, texts in forms.items()})
    for organization in pack.organizations:
        known = known_to(organization, pack)
        for number, definition in definitions.items():
            if definition.key in {program.journey for program in organization.programs}:
                wrong = [*unknown_names(definition, known), *unknown_facts(definition, results)]
                yield from ((("journeys", number), f"of '{organization.key}': {error}") for error in wrong)
    yield from _templates(pack, {s.template for d in definitions.values() for s in d.steps if isinstance(s, Message)})


def _templates(pack: Pack, sent: set[str]) -> Iterator[Mistake]:
    for number, template in enumerate(pack.care.templates):
        for locale, body in template.body.items():
            for error in problems(template.key, template.channel, template.subject.get(locale, ""), body):
                yield ("care", "templates", number), f"'{template.key}' ({template.channel}, {locale}), {error}"
    for_all = (each for each in pack.care.templates if each.channel == "email" and each.brand is None)
    covered = {each.key for each in for_all if FALLBACK in each.body}
    yield from ((("care",), error) for error in missing(covered, sent))


def known_to(organization: OrganizationDocument, pack: Pack) -> Known:
    """What the organization will have for its journeys to name."""
    engaged = [s for s in pack.specialists if organization.key in {each.organization for each in s.engagements}]
    return {
        "form": frozenset(pack.forms),
        "consents": frozenset(consent.kind for consent in pack.care.consents),
        "appointment_type": frozenset(kind.key for kind in organization.appointment_types),
        "materials": frozenset(material.key for material in pack.care.materials),
        "template": frozenset(template.key for template in pack.care.templates),
        "specialities": frozenset(speciality for each in engaged for speciality in each.specialities),
    }
