"""What a definition names of its organization: forms, consents, appointment types, materials and the like."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from domain.journeys.language import AnyStep, Book, Consent, Definition, Form, Match, Message, Prepare, Survey
from domain.refusals.sentence import Sentence

NEAREST = 5
Known = Mapping[str, frozenset[str]]
"""A field of steps -> what the organization has there."""


def named(step: AnyStep) -> Iterator[tuple[str, str]]:
    """(field, name) of everything a step takes from its organization."""
    match step:
        case Consent():
            yield from (("consents", kind) for kind in step.consents)
        case Form() | Survey():
            yield "form", step.form
        case Match():
            yield from (("specialities", speciality) for speciality in step.specialities)
        case Book():
            yield "appointment_type", step.appointment_type
        case Prepare():
            yield from (("materials", material) for material in step.materials)
        case Message():
            yield "template", step.template


def unknown_names(definition: Definition, known: Known) -> Iterator[Sentence]:
    """Sentences about names the organization does not have."""
    for step in definition.steps:
        for field, name in named(step):
            if name not in known[field]:
                yield _unknown(step.id, field, name, known[field])


def _unknown(step_id: str, field: str, name: str, there: frozenset[str]) -> Sentence:
    where = {"step": step_id, "field": field, "name": name}
    if not there:
        return Sentence("Step '%(step)s', %(field)s: your organization has no '%(name)s'. Add it there first.", **where)
    return Sentence(
        "Step '%(step)s', %(field)s: your organization has no '%(name)s'. Name one of: %(known)s.",
        **where,
        known=nearest(name, there),
    )


def nearest(name: str, there: frozenset[str] | set[str]) -> str:
    """All of `there` when they are few, else those most like `name`."""
    few = sorted(there) if len(there) <= NEAREST else get_close_matches(name, sorted(there), NEAREST, 0)
    return ", ".join(few)
