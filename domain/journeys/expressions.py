"""Conditions of journeys, in CEL (https://cel.dev): `facts.forms["phq-9"].score >= 10 && facts.triage != "urgent"`."""

import re
from functools import lru_cache
from itertools import accumulate
from typing import Any

import cel

from domain.refusals.sentence import Sentence

LONGEST = 1_000
DEEPEST = 20
MOST_MACROS = 2
"""Lists within lists multiply; two of what a thousand characters hold are worked through at once."""
MACRO = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*(\w*)")
FUNCTIONS = frozenset(
    {
        "bytes", "contains", "double", "duration", "dyn", "endsWith", "int", "matches", "size", "startsWith", "string",
        "timestamp", "type", "uint",
    }
)  # fmt: skip
"""Those the library works out; one it does not know would make the condition false for ever."""
_FUNCTION = re.compile(r"[A-Za-z][\w.]*")
DEPTH = {**dict.fromkeys("([{", 1), **dict.fromkeys(")]}", -1)}


class BadExpression(ValueError):
    """The text is no condition; the message says why."""


@lru_cache(maxsize=512)
def _compiled(text: str) -> Any:
    try:
        return cel.compile(text)
    except Exception as error:
        raise BadExpression(str(error).splitlines()[0]) from error


def check_expression(text: str) -> None:
    """Raise `BadExpression` when `text` is not a condition, or one that could take long."""
    if len(text) > LONGEST or max(accumulate((DEPTH.get(letter, 0) for letter in text), initial=0)) > DEEPEST:
        raise BadExpression(
            Sentence(
                "it has more than %(most)s characters or %(deepest)s brackets within each other",
                most=LONGEST,
                deepest=DEEPEST,
            )
        )
    if len(MACRO.findall(text)) > MOST_MACROS:
        raise BadExpression(Sentence("it goes through more than %(most)s lists", most=MOST_MACROS))
    for name in _compiled(text).functions():
        if _FUNCTION.fullmatch(name) and name not in FUNCTIONS:
            raise BadExpression(
                Sentence(
                    "there is no function '%(name)s', but %(known)s", name=name, known=", ".join(sorted(FUNCTIONS))
                )
            )


def unbound(text: str) -> set[str]:
    """The variables of a readable condition, less those its macros bind."""
    return set(_compiled(text).variables()) - set(MACRO.findall(text))


def decides(text: str, facts: dict[str, Any]) -> bool:
    """Whether the condition comes out as true or as false, not as something else or an error."""
    try:
        return isinstance(_compiled(text).execute({"facts": facts}), bool)
    except Exception:
        return False


def holds(text: str, facts: dict[str, Any]) -> bool:
    """Whether the condition holds; a fact that is not known yet makes it false, never an error."""
    try:
        return _compiled(text).execute({"facts": facts}) is True
    except BadExpression:
        raise
    except Exception:
        return False
