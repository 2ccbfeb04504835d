"""Questionnaires are shown, answered and scored whole, or not published at all."""

from typing import Any

import pytest

from domain.questionnaire_validation import check_form, problems, unlike
from domain.questionnaires import ORDINAL, mistakes, read_form, score
from domain.refusals import DocumentInvalid
from portals.patient.questionnaires import blocks
from tests.fixtures.house import PACK
from usecases.packs.reading import read_pack
from usecases.patient.forms import Question

FORMS = read_pack(PACK).forms

YES, NO = {"valueCoding": {"code": "y", "display": "Yes"}}, {"valueCoding": {"code": "n", "display": "No"}}
ASKED = {"linkId": "sleep", "type": "choice", "text": "Do you sleep well?", "answerOption": [YES, NO]}


def form_of(*items: Any) -> dict[str, Any]:
    return {"resourceType": "Questionnaire", "item": list(items)}


def worth(points: float) -> dict[str, Any]:
    return {**YES, "extension": [{"url": ORDINAL, "valueDecimal": points}]}


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (ASKED | {"type": "date"}, "answers of type 'date' cannot be given here. Use one of: boolean, choice"),
        (ASKED | {"type": "open-choice"}, "answers of type 'open-choice'"),
        (ASKED | {"type": None}, "answers of type 'None'"),
        (ASKED | {"text": ""}, "Write its 'text'"),
        (ASKED | {"repeats": True}, "it takes one answer"),
        (ASKED | {"enableWhen": [{"question": "other"}]}, "whatever 'enableWhen' says"),
        ({"linkId": "g", "type": "group", "enableWhen": [{}], "item": [ASKED]}, "whatever 'enableWhen' says"),
        (ASKED | {"answerOption": []}, "answer options with codes"),
        (ASKED | {"answerOption": [YES, {"valueCoding": {"display": "No"}}]}, "answer options with codes"),
        (ASKED | {"answerOption": [YES, YES]}, "the same code"),
        (ASKED | {"answerOption": [YES, {"valueCoding": {"code": "n"}}]}, "has no words"),
        (ASKED | {"answerOption": [worth(0.5), NO]}, "whole numbers"),
        ({"type": "text", "text": "More?"}, "1 of its items have no 'linkId'"),
        ({"linkId": "g", "type": "group", "item": [ASKED, ASKED]}, "the linkId is used 2 times"),
        ({"linkId": "g", "type": "group", "item": "sleep"}, "no FHIR Questionnaire with items"),
        ("sleep", "no FHIR Questionnaire with items"),
    ],
)
def test_what_would_be_lost_on_somebody_is_not_published(item: Any, said: str) -> None:
    with pytest.raises(DocumentInvalid) as refused:
        check_form(form_of(item))
    assert said in " ".join(map(str, refused.value.errors))


@pytest.mark.parametrize("resource", [{}, {"resourceType": "Questionnaire"}, form_of(), {"resourceType": "Patient"}])
def test_what_asks_nothing_is_no_questionnaire(resource: dict[str, Any]) -> None:
    assert list(problems(resource)) == ["The document is no FHIR Questionnaire with items."]


def test_answers_may_be_plain_words_or_numbers() -> None:
    options = [{"valueString": "Often"}, {"valueInteger": 3}]
    form = check_form(form_of(ASKED | {"answerOption": options}))
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
    form = check_form(form_of({"linkId": "cups", "type": "integer", "text": "How many cups?"}))
    assert (mistakes(form, {"cups": answer}, complete=True) == {}) is fits


def test_the_languages_of_a_form_ask_the_same() -> None:
    more = {"linkId": "more", "type": "text", "text": "More?"}
    english, german = read_form(form_of(ASKED, more)), read_form(form_of(ASKED | {"text": "Schlafen Sie gut?"}))
    assert list(unlike({"en": english})) == []
    (said,) = unlike({"en": english, "de": german})
    assert said == "question 'more' is asked in 'en', not in 'de'. Ask it in each language."
    (said,) = unlike({"en": german, "de": read_form(form_of(ASKED | {"answerOption": [worth(1), NO]}))})
    assert said.startswith("question 'sleep' differs between 'en' and 'de'.")


@pytest.mark.parametrize("key", sorted(FORMS))
def test_the_demo_pack_asks_the_same_in_every_language(key: str) -> None:
    assert list(unlike({locale: check_form(text) for locale, text in FORMS[key].items()})) == []


def test_all_words_of_a_form_are_shown() -> None:
    """Those of a group before what is asked in it, and those at the end, which nothing follows."""
    crisis = {"linkId": "end", "type": "display", "text": "In a crisis, call 112."}
    group = {"linkId": "g", "type": "group", "text": "Over the last two weeks:", "item": [ASKED]}
    questions = tuple(
        Question(link_id=each.link_id, text=each.text, kind=each.kind, required=each.required, options=())
        for each in check_form(form_of(group, crisis)).questions
    )
    assert [(block["kind"], block["legend"]) for block in blocks(questions)] == [
        ("choice", "Over the last two weeks:"),
        ("words", "In a crisis, call 112."),
    ]
