"""A Questionnaire that cannot be asked is refused where it is wrong, before anybody is shown it."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from domain.questionnaire_checks import check_form
from domain.questionnaires import ORDINAL, SCORE_BANDS
from domain.refusals import DocumentInvalid

NEVER: dict[str, Any] = {
    "valueCoding": {"code": "0", "display": "Never"},
    "extension": [{"url": ORDINAL, "valueDecimal": 0}],
}
MOOD: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "language": "en",
    "extension": [{"url": SCORE_BANDS, "extension": [{"url": "0", "valueString": "fine"}]}],
    "item": [
        {"linkId": "low", "type": "choice", "text": "I felt low.", "answerOption": [NEVER]},
        {"linkId": "more", "type": "group", "item": [{"linkId": "words", "type": "text", "text": "What else?"}]},
        {"linkId": "total", "type": "decimal", "readOnly": True},
    ],
}
Spoil = Callable[[dict[str, Any]], None]


def put(*way: Any, value: Any) -> Spoil:
    def spoil(document: dict[str, Any]) -> None:
        place: Any = document
        for step in way[:-1]:
            place = place[step]
        place[way[-1]] = value

    return spoil


FIRST = ("item", 0)
OPTION = (*FIRST, "answerOption", 0)
WRONG: dict[str, tuple[Spoil, str]] = {
    "items that are text": (put("item", value="x"), "item: Enter this as a list."),
    "an item that is text": (put(*FIRST, value="x"), "item.0: Enter this as names with values."),
    "no linkId": (put(*FIRST, value={"type": "text", "text": "x"}), "item.0.linkId: This is missing. Add it."),
    "an answer that is a number": (put(*OPTION, value=1), "item.0.answerOption.0: Enter this as names with values."),
    "a code that is a number": (
        put(*OPTION, "valueCoding", "code", value=0),
        "item.0.answerOption.0.valueCoding.code: Write this as text, in quotes.",
    ),
    "half a point": (
        put(*OPTION, "extension", 0, "valueDecimal", value=0.5),
        "item.0.answerOption.0.extension.0: the points of an answer are a whole number. Write it as valueDecimal.",
    ),
    "points that are text": (
        put(*OPTION, "extension", 0, "valueDecimal", value="many"),
        "item.0.answerOption.0.extension.0.valueDecimal: Write this as a number.",
    ),
    "an extension without url": (put("extension", value=[{}]), "extension.0.url: This is missing. Add it."),
    "a band of no number": (
        put("extension", 0, "extension", 0, "url", value="low"),
        "extension.score-bands: a band's url is the whole number it begins at, its valueString what it is called.",
    ),
    "another language": (put("language", value="de"), "it is in 'de', not in 'en'. Name its own language."),
    "a kind nobody can answer": (
        put(*FIRST, "type", value="quantity"),
        "Question 'low': no 'quantity' can be asked here. Use one of: boolean, choice, display, group, integer, ",
    ),
    "a question for some": (
        put(*FIRST, "enableWhen", value=[{"question": "words"}]),
        "Question 'low': everybody is asked. Take 'enableWhen' out",
    ),
    "a group for some": (
        put("item", 1, "enableWhen", value=[{"question": "low"}]),
        "Question 'more': everybody is asked.",
    ),
    "several answers": (put(*FIRST, "repeats", value=True), "Question 'low': one answer is taken."),
    "a linkId twice": (put("item", 1, "item", 0, "linkId", value="low"), "Question 'low': the linkId is there 2 times"),
    "no text": (put(*FIRST, "text", value=" "), "Question 'low': it has no text. Write what is asked."),
    "an answer without a code": (
        put(*OPTION, "valueCoding", value={"display": "Never"}),
        "Question 'low': each answer has a valueString, or a valueCoding with 'code' and 'display'. Write both.",
    ),
    "an answer twice": (
        put(*FIRST, "answerOption", value=[NEVER, NEVER]),
        "Question 'low': two answers have one code. Give each its own.",
    ),
    "no answers": (put(*FIRST, "answerOption", value=[]), "Question 'low': a choice needs answer options with codes."),
}


def test_what_can_be_asked_is_taken() -> None:
    form = check_form(MOOD, "en")
    assert [question.link_id for question in form.answerable] == ["low", "words"]
    assert form.bands == ((0, "fine"),)


@pytest.mark.parametrize("name", WRONG)
def test_whatever_is_wrong_is_said_by_place(name: str) -> None:
    spoil, said = WRONG[name]
    document = deepcopy(MOOD)
    spoil(document)
    with pytest.raises(DocumentInvalid) as refused:
        check_form(document, "en")
    assert refused.value.errors[0].startswith(said)
    assert refused.value.errors[0].endswith(".")
