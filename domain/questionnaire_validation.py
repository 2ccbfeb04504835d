"""Whether a questionnaire can be published: nothing in it may be lost on whoever answers or reads it.

Every error says where it is and how to mend it. What was published before is read by `questionnaires` as it is.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from domain.questionnaires import KINDS, Form, Question, flat, is_total, ordinal, question_of, read_form
from domain.refusals import DocumentInvalid


def check_form(resource: Mapping[str, Any]) -> Form:
    """The form in a FHIR R4 Questionnaire. Raises `DocumentInvalid` with every error found."""
    if errors := list(problems(resource)):
        raise DocumentInvalid(errors)
    return read_form(resource)


def problems(resource: Mapping[str, Any]) -> Iterator[str]:
    """Sentences about what cannot be shown, answered or scored; none when it can be published."""
    if resource.get("resourceType") != "Questionnaire" or not _are_items(resource.get("item")):
        yield "The document is no FHIR Questionnaire with items."
        return
    items = list(flat(resource["item"]))
    if unnamed := sum(not item.get("linkId") for item in items):
        yield f"{unnamed} of its items have no 'linkId'. Give each one of its own."
        return
    ids = [item["linkId"] for item in items]
    for double in sorted({link_id for link_id in ids if ids.count(link_id) > 1}):
        yield f"Question '{double}': the linkId is used {ids.count(double)} times. Give each question its own."
    for item in items:
        yield from (f"Question '{item['linkId']}': {wrong}" for wrong in _wrong(item, resource.get("language", "en")))


def unlike(forms: Mapping[str, Form]) -> Iterator[str]:
    """Sentences about what the languages of one form (by locale) do not have alike.

    Whoever changes the language in the middle goes on with the same answers, and a journey asks for the same facts.
    """
    (first, known), *others = [(locale, _asked(form)) for locale, form in forms.items()]
    for locale, asked in others:
        for link_id in sorted(known.keys() ^ asked.keys()):
            there, missing = (locale, first) if link_id in asked else (first, locale)
            yield f"question '{link_id}' is asked in '{there}', not in '{missing}'. Ask it in each language."
        for link_id in sorted(known.keys() & asked.keys()):
            if known[link_id] != asked[link_id]:
                yield (
                    f"question '{link_id}' differs between '{first}' and '{locale}'. Give it the same type, "
                    "'required', codes, scores and flag in each language."
                )


def _are_items(given: Any) -> bool:
    return bool(given) and isinstance(given, list) and all(map(_is_item, given))


def _is_item(given: Any) -> bool:
    return isinstance(given, dict) and ("item" not in given or _are_items(given["item"]))


def _wrong(item: Mapping[str, Any], locale: str) -> Iterator[str]:
    kind = item.get("type")
    if item.get("enableWhen"):
        yield "it is shown to everybody, whatever 'enableWhen' says. Take that out, or ask it in a form of its own."
    if kind == "group" or is_total(item):
        return
    if kind not in KINDS:
        yield f"answers of type '{kind}' cannot be given here. Use one of: {', '.join(sorted(KINDS))}."
        return
    if not item.get("text"):
        yield "nobody would know what is asked. Write its 'text'."
    if item.get("repeats"):
        yield "it takes one answer. Take 'repeats' out, or ask a question for each."
    if kind == "choice":
        yield from _wrong_options(item, locale)


def _wrong_options(item: Mapping[str, Any], locale: str) -> Iterator[str]:
    question = question_of(item, locale)
    codes = [option.code for option in question.options] if question else []
    if not codes or not all(codes):
        yield "a choice needs answer options with codes."
    if len(set(codes)) < len(codes):
        yield "two of its answers have the same code. Give each its own."
    if question and not all(option.text for option in question.options):
        yield "one of its answers has no words. Write its 'display'."
    if any(worth != int(worth) for option in item.get("answerOption", ()) if (worth := ordinal(option)) is not None):
        yield "scores are whole numbers here. Multiply all of the form's by the same."


def _asked(form: Form) -> dict[str, tuple[object, ...]]:
    return {question.link_id: _same_everywhere(question) for question in form.answerable}


def _same_everywhere(question: Question) -> tuple[object, ...]:
    answers = tuple((option.code, option.score) for option in question.options)
    return question.kind, question.required, question.scored, question.flag, answers
