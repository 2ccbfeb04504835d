"""Questionnaires are shown whole, take what FHIR lets them offer, and ask the same in every language."""

import json
import re
from typing import Any

import pytest

from domain.questionnaire_checks import check_form
from domain.questionnaire_languages import unlike
from domain.questionnaires import ORDINAL, mistakes, read_form, score
from portals.patient.questionnaires import blocks
from tests.fixtures.house import PACK
from tests.organization.importing import DATA
from usecases.packs.reading import read_pack
from usecases.patient.forms import Question

FORMS = read_pack(PACK).forms
YES, NO = {"valueCoding": {"code": "y", "display": "Yes"}}, {"valueCoding": {"code": "n", "display": "No"}}
ASKED = {"linkId": "sleep", "type": "choice", "text": "Do you sleep well?", "answerOption": [YES, NO]}


def form_of(*items: Any) -> dict[str, Any]:
    return {"resourceType": "Questionnaire", "item": list(items)}


def worth(points: float) -> dict[str, Any]:
    return {**YES, "extension": [{"url": ORDINAL, "valueDecimal": points}]}


@pytest.mark.parametrize(("language", "official"), [("en", "phq9_loinc_r4.json"), ("de", "phq9_german_mii.json")])
def test_the_phq_9_of_the_demo_asks_in_the_words_of_the_official_form(language: str, official: str) -> None:
    """Other words make another instrument; punctuation is ours, and the published total is no question."""
    forms = FORMS["phq-9"][language], json.loads((DATA / official).read_text())
    asked, published = (words_of(each) for each in forms)
    assert len(asked & published) >= 10
    assert len(asked - published) <= (1 if language == "en" else 0)  # LOINC's panel has no line above the questions


def words_of(form: Any) -> set[tuple[str, ...]]:
    return {tuple(re.findall(r"\w+", item["text"])) for item in items_of(form)}


def items_of(form: Any) -> list[Any]:
    return [each for item in form.get("item", []) for each in (item, *items_of(item)) if "text" in each]


def test_answers_may_be_plain_words_or_numbers() -> None:
    options = [{"valueString": "Often"}, {"valueInteger": 3}]
    form = check_form(form_of(ASKED | {"answerOption": options}), "en")
    assert [(option.code, option.text) for option in form.questions[0].options] == [("Often", "Often"), ("3", "3")]
    assert mistakes(form, {"sleep": "3"}, complete=True) == {}


def test_a_score_is_found_wherever_fhir_keeps_it() -> None:
    within = {"valueCoding": YES["valueCoding"] | {"extension": [{"url": ORDINAL, "valueDecimal": 2}]}}
    for option in (worth(2), within):
        assert score(read_form(form_of(ASKED | {"answerOption": [option, NO]})), {"sleep": "y"}).score == 2


@pytest.mark.parametrize(
    ("answer", "fits"), [("12", True), ("-3", True), ("--3", False), ("²", False), ("1" * 10, False), ("1.5", False)]
)
def test_a_number_is_a_whole_number(answer: str, fits: bool) -> None:
    form = check_form(form_of({"linkId": "cups", "type": "integer", "text": "How many cups?"}), "en")
    assert (mistakes(form, {"cups": answer}, complete=True) == {}) is fits


def test_the_languages_of_a_form_ask_the_same() -> None:
    more = {"linkId": "more", "type": "text", "text": "More?"}
    english, german = read_form(form_of(ASKED, more)), read_form(form_of(ASKED | {"text": "Schlafen Sie gut?"}))
    assert list(unlike({"en": english})) == []
    (said,) = unlike({"en": english, "de": german})
    assert said == "Question 'more' is asked in 'en', not in 'de'. Ask it in each language."
    (said,) = unlike({"en": german, "de": read_form(form_of(ASKED | {"answerOption": [worth(1), NO]}))})
    assert said.startswith("Question 'sleep' differs between 'en' and 'de'.")


@pytest.mark.parametrize("key", sorted(FORMS))
def test_the_demo_pack_asks_the_same_in_every_language(key: str) -> None:
    assert list(unlike({locale: check_form(text, locale) for locale, text in FORMS[key].items()})) == []


def test_all_words_of_a_form_are_shown() -> None:
    """Those of a group before what is asked in it, and those at the end, which nothing follows."""
    crisis = {"linkId": "end", "type": "display", "text": "In a crisis, call 112."}
    group = {"linkId": "g", "type": "group", "text": "Over the last two weeks:", "item": [ASKED]}
    questions = tuple(
        Question(link_id=each.link_id, text=each.text, kind=each.kind, required=each.required, options=())
        for each in check_form(form_of(group, crisis), "en").questions
    )
    assert [(block["kind"], block["legend"]) for block in blocks(questions)] == [
        ("choice", "Over the last two weeks:"),
        ("words", "In a crisis, call 112."),
    ]
