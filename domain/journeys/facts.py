"""What conditions ask, held against what a definition can come to know.

A fact that is not there makes a condition false. So a misspelt one would be false for ever, and the red flag it was
to raise would never go up: it is refused before anybody's journey begins.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from domain import questionnaires
from domain.journeys.expressions import decides, unbound
from domain.journeys.language import AnyStep, Branch, Definition, Form, Match, Repeat, Session, Survey, Triage
from domain.journeys.names import nearest
from domain.refusals.sentence import Sentence

RESULT = frozenset({"score", "band", "flags"})
"""What a completed form tells; `Result.facts`."""
ABSENT = frozenset({"patient", "specialist"})

_TEXT = r"""(?:"[^"]*"|'[^']*')"""
_PART = rf"(?:\s*\.\s*\??\w+\b(?!\s*\()|\s*\[\s*{_TEXT}\s*\])"
_ASKED = re.compile(
    rf"(?:(?P<before>{_TEXT})\s*(?:==|!=|in)\s*)?\bfacts\b(?P<path>{_PART}*)"
    rf"(?:\s*(?:==|!=)\s*(?P<after>{_TEXT})|\s*in\s*\[(?P<among>[^\]]*)\])?"
)
_NAME = re.compile(rf"\w+|{_TEXT}")

Place = tuple[str, ...]
"""Where among the facts: ("forms", "phq-9", "band")."""
Learned = Mapping[Place, frozenset[str]]
"""A place -> the names, or values, that can be there."""


class Asked(NamedTuple):
    """`facts.forms["phq-9"].band == "severe"` asks ("forms", "phq-9", "band") for "severe"."""

    place: Place
    values: tuple[str, ...]


def conditions(step: AnyStep) -> list[tuple[str, str]]:
    """(field, CEL) of every condition of a step."""
    match step:
        case Triage():
            return [(f"rules[{n}].when", rule.when) for n, rule in enumerate(step.rules)]
        case Branch():
            return [(f"cases[{n}].when", case.when) for n, case in enumerate(step.cases)]
        case Repeat():
            return [("condition", step.condition)]
        case _:
            return []


def asked(text: str) -> Iterator[Asked]:
    """What a readable condition asks of the facts."""
    for found in _ASKED.finditer(text):
        compared = " ".join(filter(None, (found["before"], found["after"], found["among"])))
        values = tuple(value[1:-1] for value in re.findall(_TEXT, compared))
        yield Asked(tuple(part.strip("\"'") for part in _NAME.findall(found["path"])), values)


def unknown_facts(definition: Definition, results: Learned | None = None) -> Iterator[Sentence]:
    """Sentences about conditions that ask what this definition never learns; `results` of the forms, where known."""
    known = {**learned(definition), **(results or {})}
    for step in definition.steps:
        for field, text in conditions(step):
            for name, there in _unknown(text, known):
                yield _sentence(step.id, field, name, there)


def undecided(definition: Definition) -> Iterator[Sentence]:
    """Sentences about conditions that are neither true nor false though every fact is there."""
    known = samples(definition)
    for step in definition.steps:
        for field, text in conditions(step):
            if not all(decides(text, facts) for facts in known):
                yield Sentence(
                    "Step '%(step)s', %(field)s: this is neither true nor false, even when every fact is known. Write "
                    'a comparison, such as facts.triage == "urgent".',
                    step=step.id,
                    field=field,
                )


def samples(definition: Definition) -> list[dict[str, Any]]:
    """Facts as they are when this definition has learned all it can; every route and absence occurs among them."""
    known = learned(definition)
    result = {"score": 1, "band": "band", "flags": ["flag", "flag", "flag"]}
    facts: dict[str, Any] = {"forms": dict.fromkeys(known["forms",], result)}
    if ("specialities",) in known:
        facts["specialities"] = sorted(known["specialities",])
    one_of = {name: sorted(known[name,]) for name in ("triage", "absent") if (name,) in known}
    return [
        facts | {name: values[n % len(values)] for name, values in one_of.items()}
        for n in range(max(map(len, one_of.values()), default=1))
    ]


def learned(definition: Definition) -> Learned:
    """What the steps of a definition can bring about, whatever its forms are."""
    steps = definition.steps
    triages = [step for step in steps if isinstance(step, Triage)]
    matches = [step for step in steps if isinstance(step, Match)]
    values = {"forms": frozenset(step.form for step in steps if isinstance(step, Form | Survey))}
    if triages:
        values["triage"] = frozenset(
            route for step in triages for route in (step.otherwise, *(rule.route for rule in step.rules))
        )
    if matches:
        values["specialities"] = frozenset(speciality for step in matches for speciality in step.specialities)
    if any(isinstance(step, Session) for step in steps):
        values["absent"] = ABSENT
    places: dict[Place, frozenset[str]] = {(name,): found for name, found in values.items()}
    return places | {(): frozenset(values)} | {("forms", form): RESULT for form in values["forms"]}


def results_of(forms: Mapping[str, Iterable[questionnaires.Form]]) -> Learned:
    """The flags and bands each form can have, in whichever of its languages."""
    known: dict[Place, frozenset[str]] = {}
    for key, texts in forms.items():
        known["forms", key, "flags"] = frozenset(q.flag for text in texts for q in text.questions if q.flag)
        known["forms", key, "band"] = frozenset(band for text in texts for _, band in text.bands)
    return known


def _unknown(text: str, known: Learned) -> Iterator[tuple[str, frozenset[str]]]:
    yield from ((name, frozenset({"facts"})) for name in unbound(text) - {"facts"})
    for place, values in asked(text):
        named = [(place[:length], name) for length, name in enumerate(place)] + [(place, value) for value in values]
        for where, name in named:
            if where in known and name not in known[where]:
                yield name, known[where]


def _sentence(step_id: str, field: str, name: str, there: frozenset[str]) -> Sentence:
    where = {"step": step_id, "field": field, "name": name}
    if not there:
        return Sentence(
            "Step '%(step)s', %(field)s: this plan never learns '%(name)s'. Take the condition out.", **where
        )
    return Sentence(
        "Step '%(step)s', %(field)s: this plan never learns '%(name)s'. Name one of: %(known)s.",
        **where,
        known=nearest(name, there),
    )
