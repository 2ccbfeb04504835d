"""Reading a pack's folder; every error says in which file it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from domain.journeys.facts import results_of, unknown_facts
from domain.journeys.language import Definition, Message
from domain.journeys.names import Known, unknown_names
from domain.journeys.validation import read_definition
from domain.messages import FALLBACK, missing, problems
from domain.packs.names import Place, mistakes
from domain.packs.organizations import OrganizationDocument
from domain.packs.pack import Pack
from domain.questionnaire_validation import check_form, unlike
from domain.questionnaires import Form
from domain.refusals import DocumentInvalid
from usecases.yaml_documents import LONGEST, read_yaml

NOT_ORGANIZATIONS = {"care.yaml", "specialists.yaml"}


def read_pack(folder: Path) -> Pack:
    """The pack in `folder`. Raises `DocumentInvalid` with every error found."""
    if not (folder / "care.yaml").is_file():
        raise DocumentInvalid([f"{folder}: this is no pack, there is no care.yaml in it."])
    files = [path for path in sorted(folder.glob("*.yaml")) if path.name not in NOT_ORGANIZATIONS]
    document = {
        "organizations": [_yaml(path) for path in files],
        "care": _yaml(folder / "care.yaml"),
        "specialists": _yaml(folder / "specialists.yaml"),
        "journeys": [_yaml(path) for path in sorted((folder / "journeys").glob("*.yaml"))],
        "forms": _forms(folder / "forms"),
    }
    try:
        pack = Pack.model_validate(document)
    except ValidationError as invalid:
        found = ((error["loc"], error["msg"].removeprefix("Value error, ")) for error in invalid.errors())
        raise DocumentInvalid([_said(files, *mistake) for mistake in found]) from None
    if errors := [*(_said(files, *mistake) for mistake in mistakes(pack)), *_problems(pack)]:
        raise DocumentInvalid(errors)
    return pack


def _said(files: list[Path], place: Place, sentence: str) -> str:
    """ "northlight.yaml, brands.0.host: …"."""
    match place:
        case ("organizations", int(number), *within):
            file = files[number].name
        case ("care" | "specialists" as part, *within):
            file = f"{part}.yaml"
        case _:
            file, within = "", list(place)
    return f"{', '.join(filter(None, (file, '.'.join(map(str, within)))))}: {sentence}."


def _yaml(path: Path) -> Any:
    try:
        if path.stat().st_size > LONGEST:
            raise DocumentInvalid([f"the file is larger than {LONGEST} bytes. Split it."])
        return read_yaml(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DocumentInvalid([f"{path.name}: {error}"]) from None
    except DocumentInvalid as invalid:
        raise DocumentInvalid([f"{path.name}: {error}" for error in invalid.errors]) from None


def _forms(folder: Path) -> dict[str, dict[str, Any]]:
    forms: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.*.yaml")):
        key, locale = path.name.split(".")[:2]
        forms.setdefault(key, {})[locale] = _yaml(path)
    return forms


def _problems(pack: Pack) -> Iterator[str]:
    definitions: list[Definition] = []
    forms: dict[str, dict[str, Form]] = {key: {} for key in pack.forms}
    for journey in pack.journeys:
        try:
            definitions.append(read_definition(journey))
        except DocumentInvalid as invalid:
            yield from (f"journey '{journey.get('key')}': {error}" for error in invalid.errors)
    for key, locales in pack.forms.items():
        for locale, resource in locales.items():
            try:
                forms[key][locale] = check_form(resource)
            except DocumentInvalid as invalid:
                yield from (f"form '{key}' in {locale}: {error}" for error in invalid.errors)
        if forms[key]:
            yield from (f"form '{key}': {error}" for error in unlike(forms[key]))
    for organization in pack.organizations:
        known, results = known_to(organization, pack), results_of({key: texts.values() for key, texts in forms.items()})
        for definition in definitions:
            if definition.key in {program.journey for program in organization.programs}:
                wrong = [*unknown_names(definition, known), *unknown_facts(definition, results)]
                yield from (f"journey '{definition.key}' of '{organization.key}': {error}" for error in wrong)
    yield from _templates(pack, {s.template for d in definitions for s in d.steps if isinstance(s, Message)})


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


def _templates(pack: Pack, sent: set[str]) -> Iterator[str]:
    for template in pack.care.templates:
        for locale, body in template.body.items():
            for error in problems(template.key, template.channel, template.subject.get(locale, ""), body):
                yield f"template '{template.key}' ({template.channel}, {locale}), {error}"
    for_all = (each for each in pack.care.templates if each.channel == "email" and each.brand is None)
    yield from missing({each.key for each in for_all if FALLBACK in each.body}, sent)
