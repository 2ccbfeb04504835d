"""Sentences that say where something is wrong, in whatever language they are read."""

from collections.abc import Callable

LONGEST, LONGEST_VALUE = 500, 200


class Sentence(str):
    """English, filled in; `pattern` is its message id and `values` fill that in any other language."""

    pattern: str
    values: dict[str, str]

    def __new__(cls, pattern: str, **values: object) -> "Sentence":
        short = {
            name: each if isinstance(each, Sentence) else str(each)[:LONGEST_VALUE] for name, each in values.items()
        }
        made = super().__new__(cls, (pattern % short if short else pattern)[:LONGEST])
        made.pattern, made.values = pattern, short
        return made


def told(sentence: str, translate: Callable[[str], str]) -> str:
    """`sentence` in the language of `translate`, with the sentences it is made of."""
    if not isinstance(sentence, Sentence):
        return translate(sentence)
    values = {name: told(v, translate) if isinstance(v, Sentence) else v for name, v in sentence.values.items()}
    text = translate(sentence.pattern)
    return (text % values if values else text)[:LONGEST]
