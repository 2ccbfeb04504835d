"""Whether a form asks the same in each of its languages.

Whoever changes the language in the middle goes on with the same answers, and a journey asks for the same facts.
"""

from collections.abc import Iterator, Mapping

from domain.questionnaires import Form, Question


def unlike(forms: Mapping[str, Form]) -> Iterator[str]:
    """Sentences about questions that the languages, by locale, do not have alike."""
    (first, known), *others = [(locale, _asked(form)) for locale, form in forms.items()]
    for locale, asked in others:
        for link_id in sorted(known.keys() ^ asked.keys()):
            there, missing = (locale, first) if link_id in asked else (first, locale)
            yield f"Question '{link_id}' is asked in '{there}', not in '{missing}'. Ask it in each language."
        for link_id in sorted(known.keys() & asked.keys()):
            if known[link_id] != asked[link_id]:
                yield (
                    f"Question '{link_id}' differs between '{first}' and '{locale}'. Give it the same type, "
                    "'required', codes, scores and flag in each language."
                )


def _asked(form: Form) -> dict[str, tuple[object, ...]]:
    return {question.link_id: _same_everywhere(question) for question in form.answerable}


def _same_everywhere(question: Question) -> tuple[object, ...]:
    answers = tuple((option.code, option.score) for option in question.options)
    return question.kind, question.required, question.scored, question.flag, answers
