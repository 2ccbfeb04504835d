"""PHQ-9 is scored as its authors say, in every language of the demo, and item 9 is a flag by itself."""

import pytest

from domain.questionnaires import mistakes, read_form, score
from domain.refusals import DocumentInvalid
from tests.fixtures.house import PACK
from usecases.packs.reading import read_pack

FORMS = read_pack(PACK).forms


@pytest.mark.parametrize("locale", ["en", "de", "ar"])
def test_phq_9_is_scored_alike_in_every_language(locale: str) -> None:
    form = read_form(FORMS["phq-9"][locale])
    worst = {question.link_id: "LA6571-9" for question in form.answerable if question.scored}
    assert score(form, worst).score == 27
    assert score(form, worst).band == "severe"
    assert mistakes(form, {**worst}, complete=True) == {}
    assert set(mistakes(form, {}, complete=True)) == set(worst)


@pytest.mark.parametrize(
    ("total", "band"),
    [(0, "minimal"), (4, "minimal"), (5, "mild"), (10, "moderate"), (15, "moderately-severe"), (20, "severe")],
)
def test_phq_9_bands(total: int, band: str) -> None:
    form = read_form(FORMS["phq-9"]["en"])
    codes = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
    answers, left = {}, total
    for question in (question for question in form.answerable if question.scored and not question.flag):
        points = min(3, left)
        answers[question.link_id], left = codes[points], left - points
    assert (score(form, answers).score, score(form, answers).band, score(form, answers).flags) == (total, band, ())


def test_item_nine_is_a_flag_whatever_the_total() -> None:
    form = read_form(FORMS["phq-9"]["en"])
    assert score(form, {"44260-8": "LA6569-3"}).flags == ("self-harm",)
    assert score(form, {"44260-8": "LA6568-5"}).flags == ()


def test_answers_that_are_not_on_the_form_are_refused() -> None:
    form = read_form(FORMS["phq-9"]["en"])
    assert set(mistakes(form, {"44250-9": "LA0", "made-up": "1"}, complete=False)) == {"44250-9", "made-up"}
    with pytest.raises(DocumentInvalid):
        read_form({"resourceType": "Patient"})
