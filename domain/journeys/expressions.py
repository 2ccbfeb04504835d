"""Conditions of journeys, in CEL (https://cel.dev): `facts.forms["phq-9"].score >= 10 && facts.triage != "urgent"`."""

from functools import lru_cache
from typing import Any

import cel


class BadExpression(ValueError):
    """The text is no condition; the message says why."""


@lru_cache(maxsize=512)
def _compiled(text: str) -> Any:
    try:
        return cel.compile(text)
    except Exception as error:
        raise BadExpression(str(error).splitlines()[0]) from error


def check_expression(text: str) -> None:
    """Raise `BadExpression` when `text` is not a condition."""
    _compiled(text)


def holds(text: str, facts: dict[str, Any]) -> bool:
    """Whether the condition holds; a fact that is not known yet makes it false, never an error."""
    try:
        return _compiled(text).execute({"facts": facts}) is True
    except BadExpression:
        raise
    except Exception:
        return False
