"""Whether a FHIR R4 Questionnaire that somebody brings can be asked: its shape, its kinds of questions, its answers."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from domain.mistakes import in_document
from domain.questionnaires import KINDS, ORDINAL, SCORE_BANDS, Form, Question, is_total, read_form
from domain.refusals import DocumentInvalid

Said = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=200)]
BAND_FROM = re.compile(r"-?\d{1,4}")
SHOWN_ONLY = frozenset({"group", "display"})


class Part(BaseModel):
    """What is read of an element; FHIR has more, which is kept as it is."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Extension(Part):
    url: str
    valueDecimal: float | None = None
    valueString: Said | None = None
    extension: tuple["Extension", ...] = ()

    @model_validator(mode="after")
    def points_are_whole(self) -> Self:
        if self.url == ORDINAL and (self.valueDecimal is None or not self.valueDecimal.is_integer()):
            raise ValueError("the points of an answer are a whole number. Write it as valueDecimal")
        return self


class Coding(Part):
    system: str = ""
    code: str = ""
    display: str = ""
    extension: tuple[Extension, ...] = ()


class AnswerOption(Part):
    valueCoding: Coding = Coding()
    valueString: Code | None = None
    valueInteger: int | None = None
    extension: tuple[Extension, ...] = ()


class Item(Part):
    linkId: Code
    type: str
    text: str = ""
    required: bool = False
    readOnly: bool = False
    repeats: bool = False
    enableWhen: tuple[Any, ...] = ()
    code: tuple[Coding, ...] = ()
    answerOption: tuple[AnswerOption, ...] = ()
    answerValueSet: str = ""
    extension: tuple[Extension, ...] = ()
    item: tuple["Item", ...] = ()


class Shape(Part):
    title: str = ""
    language: str = ""
    extension: tuple[Extension, ...] = ()
    item: tuple[Item, ...] = Field(min_length=1)


def check_form(resource: Mapping[str, Any], locale: str) -> Form:
    """The form in `resource`, which is to be its `locale`. Raises `DocumentInvalid` with every error found."""
    if resource.get("resourceType") != "Questionnaire" or not resource.get("item"):
        raise DocumentInvalid(["The document is no FHIR Questionnaire with items."])
    try:
        shape = Shape.model_validate(resource)
    except ValidationError as invalid:
        found = ((".".join(map(str, each["loc"])), in_document(each)) for each in invalid.errors())
        raise DocumentInvalid([f"{place}: {sentence}" for place, sentence in found]) from None
    language = shape.language or locale
    if language.split("-")[0] != locale.split("-")[0]:
        raise DocumentInvalid([f"it is in '{language}', not in '{locale}'. Name its own language."])
    if errors := [*_bad_bands(shape), *_not_asked(shape.item)]:
        raise DocumentInvalid(errors)
    form = read_form(resource)
    if errors := [*_twice(form), *(error for question in form.answerable for error in _unanswerable(question))]:
        raise DocumentInvalid(errors)
    return form


def _bad_bands(shape: Shape) -> Iterator[str]:
    bands = (part for each in shape.extension if each.url == SCORE_BANDS for part in each.extension)
    if not all(BAND_FROM.fullmatch(band.url) and band.valueString for band in bands):
        yield (
            "extension.score-bands: a band's url is the whole number it begins at, its valueString what it is called. "
            "Write both."
        )


def _not_asked(items: Iterable[Item]) -> Iterator[str]:
    """What would be left out, or asked otherwise than it says, and nobody would ever know."""
    for item in items:
        if item.type not in {*KINDS, *SHOWN_ONLY} and not is_total(item.model_dump()):
            known = ", ".join(sorted({*KINDS, *SHOWN_ONLY}))
            yield f"Question '{item.linkId}': no '{item.type}' can be asked here. Use one of: {known}."
        if item.enableWhen:
            yield f"Question '{item.linkId}': everybody is asked. Take 'enableWhen' out, or ask in a form of its own."
        if item.repeats:
            yield f"Question '{item.linkId}': one answer is taken. Take 'repeats' out, or ask a question for each."
        yield from _not_asked(item.item)


def _twice(form: Form) -> Iterator[str]:
    for link_id, count in Counter(question.link_id for question in form.questions).items():
        if count > 1:
            yield f"Question '{link_id}': the linkId is there {count} times. Give each question its own."


def _unanswerable(question: Question) -> Iterator[str]:
    codes = [option.code for option in question.options]
    if not question.text.strip():
        yield f"Question '{question.link_id}': it has no text. Write what is asked."
    if question.kind == "choice" and not all(option.code and option.text for option in question.options):
        how = "each answer has a valueString, or a valueCoding with 'code' and 'display'. Write both"
        yield f"Question '{question.link_id}': {how}."
    elif len(codes) != len(set(codes)):
        yield f"Question '{question.link_id}': two answers have one code. Give each its own."
