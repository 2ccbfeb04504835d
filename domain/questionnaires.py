"""FHIR R4 questionnaires: the questions to show, what is wrong with answers, the score, the band, the flags.

`questionnaire_checks.py` says whether one can be published.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from domain.answer_lists import known_answers
from domain.refusals import DocumentInvalid

ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
SCORE_BANDS = "https://fourdoors.example/fhir/score-bands"
"""Our extension on a Questionnaire: [{"from": 0, "band": "minimal"}, …]."""
FLAG = "https://fourdoors.example/fhir/flag"
"""Our extension on an item: raised when its answer scores at least 1 ("self-harm")."""
LOINC_SELF_HARM = "44260-8"
PHQ9_ITEMS = frozenset(
    {"44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8"}
)
PHQ9_BANDS = ((0, "minimal"), (5, "mild"), (10, "moderate"), (15, "moderately-severe"), (20, "severe"))

Kind = Literal["choice", "text", "integer", "boolean", "display"]
KINDS: Mapping[str, Kind] = {
    "choice": "choice",
    "string": "text",
    "text": "text",
    "integer": "integer",
    "boolean": "boolean",
    "display": "display",
}
"""FHIR's types of items which can be asked or shown here."""
WHOLE = re.compile(r"-?\d{1,9}")


@dataclass(frozen=True)
class Option:
    code: str
    text: str
    score: int | None = None


@dataclass(frozen=True)
class Question:
    """`kind` choice, text, integer or boolean; `scored` ones add to the total; `flag` names what a 1 or more means."""

    link_id: str
    text: str
    kind: Kind
    required: bool
    options: tuple[Option, ...] = ()
    scored: bool = False
    flag: str = ""
    concept: str = ""


@dataclass(frozen=True)
class Form:
    title: str
    questions: tuple[Question, ...]
    bands: tuple[tuple[int, str], ...] = ()

    @property
    def answerable(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.kind != "display")


@dataclass(frozen=True)
class Result:
    """`score` None when nothing is scored; `band` and `flags` are codes, never words."""

    score: int | None
    band: str
    flags: tuple[str, ...]
    items: dict[str, int]

    @property
    def facts(self) -> dict[str, Any]:
        """What a journey's conditions see; never an answer's text."""
        return {"score": self.score, "band": self.band, "flags": list(self.flags)}


def read_form(resource: Mapping[str, Any]) -> Form:
    """The form in a FHIR R4 Questionnaire. Raises `DocumentInvalid` with every error found."""
    if resource.get("resourceType") != "Questionnaire" or not resource.get("item"):
        raise DocumentInvalid(["The document is no FHIR Questionnaire with items."])
    items = [_question(item, str(resource.get("language", "en"))) for item in _flat(resource["item"])]
    questions = tuple(question for question in items if question is not None)
    errors = [
        f"Question '{question.link_id}': a choice needs answer options with codes."
        for question in questions
        if question.kind == "choice" and not question.options
    ]
    if errors:
        raise DocumentInvalid(errors)
    return Form(str(resource.get("title", "")), questions, _bands(resource, questions))


def mistakes(form: Form, answers: Mapping[str, str], *, complete: bool) -> dict[str, str]:
    """linkId -> what is wrong, as English message ids; `complete` also asks for every required answer."""
    wrong: dict[str, str] = {}
    known = {question.link_id: question for question in form.answerable}
    for link_id, answer in answers.items():
        question = known.get(link_id)
        if question is None:
            wrong[link_id] = "This question is not part of the form."
        elif answer and not _fits(question, answer):
            wrong[link_id] = "Choose one of the answers shown."
    if complete:
        for question in form.answerable:
            if question.required and not answers.get(question.link_id):
                wrong[question.link_id] = "Please answer this question."
    return wrong


def score(form: Form, answers: Mapping[str, str]) -> Result:
    """Always computed from the answers: published examples state totals that do not add up."""
    items = {
        question.link_id: value
        for question in form.answerable
        if question.scored and (value := _value(question, answers.get(question.link_id, ""))) is not None
    }
    total = sum(items.values()) if items else None
    flags = tuple(q.flag for q in form.answerable if q.flag and items.get(q.link_id, 0) >= 1)
    reached = [band for least, band in form.bands if total is not None and total >= least]
    return Result(total, reached[-1] if reached else "", flags, items)


def _flat(items: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    """Each item before those within it."""
    for item in items:
        yield item
        yield from _flat(item.get("item", ()))


def _question(item: Mapping[str, Any], locale: str) -> Question | None:
    """None: nothing is shown of it. A group is the words before what is asked in it."""
    if item.get("type") == "group" and item.get("text"):
        return Question(item["linkId"], item["text"], "display", required=False)
    kind = KINDS.get(item.get("type", ""))
    if kind is None or is_total(item):
        return None
    concept = next((code["code"] for code in item.get("code", ()) if "loinc" in code.get("system", "")), "")
    options = tuple(_option(option) for option in item.get("answerOption", ()))
    options = options or tuple(Option(*known) for known in known_answers(item.get("answerValueSet", ""), locale))
    flag = _extension(item, FLAG).get("valueString", "") or ("self-harm" if concept == LOINC_SELF_HARM else "")
    return Question(
        link_id=item["linkId"],
        text=item.get("text", ""),
        kind=kind,
        required=bool(item.get("required")) or concept in PHQ9_ITEMS,
        options=options,
        scored=any(option.score is not None for option in options) and (not concept or _counts(concept)),
        flag=flag,
        concept=concept,
    )


def _counts(concept: str) -> bool:
    """PHQ-9's tenth question (how difficult) has ordinal answers but is not part of the total."""
    return concept != "69722-7"


def is_total(item: Mapping[str, Any]) -> bool:
    """A sum that publishers add as an item; here it is computed."""
    return bool(item.get("readOnly")) or any(code.get("code") == "44261-6" for code in item.get("code", ()))


def _option(option: Mapping[str, Any]) -> Option:
    worth = _ordinal(option)
    plain = str(option.get("valueString", option.get("valueInteger", "")))
    coding = option.get("valueCoding", {"code": plain, "display": plain})
    return Option(coding.get("code", ""), coding.get("display", ""), None if worth is None else int(worth))


def _ordinal(option: Mapping[str, Any]) -> float | None:
    """What an answer counts, by FHIR's extension."""
    for holder in (option, option.get("valueCoding", {})):
        if (worth := _extension(holder, ORDINAL).get("valueDecimal")) is not None:
            return float(worth)
    return None


def _extension(element: Mapping[str, Any], url: str) -> Mapping[str, Any]:
    return next((extension for extension in element.get("extension", ()) if extension.get("url") == url), {})


def _bands(resource: Mapping[str, Any], questions: Iterable[Question]) -> tuple[tuple[int, str], ...]:
    parts = _extension(resource, SCORE_BANDS).get("extension", ())
    if parts:
        return tuple(sorted((int(part["url"]), part["valueString"]) for part in parts))
    concepts = {question.concept for question in questions}
    return PHQ9_BANDS if concepts >= PHQ9_ITEMS else ()


def _fits(question: Question, answer: str) -> bool:
    match question.kind:
        case "choice":
            return answer in {option.code for option in question.options}
        case "integer":
            return WHOLE.fullmatch(answer) is not None
        case "boolean":
            return answer in ("true", "false")
        case _:
            return len(answer) <= 4000


def _value(question: Question, answer: str) -> int | None:
    return next((option.score for option in question.options if option.code == answer), None)
