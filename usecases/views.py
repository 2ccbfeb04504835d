"""What use cases answer with, and what they are asked with."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, field_validator

from domain.lines import one_line

NO_TEXT = "Take out the characters that are no text."
NO_DAY = "Enter a date."
YEARS = range(1900, 2200)
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class View(BaseModel):
    """Read-only data for a page or a JSON answer."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Command(BaseModel):
    """What somebody asks for, from a form or as JSON.

    Unknown fields are refused, what PostgreSQL cannot keep, and days that no calendar of ours reaches.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    @field_validator("*", mode="before")
    @classmethod
    def storable(cls, given: Any) -> Any:
        if not all(is_storable(text) for text in texts(given)):
            raise ValueError(NO_TEXT)
        return given

    @field_validator("*", mode="after")
    @classmethod
    def reachable(cls, value: Any) -> Any:
        return within_reach(value) if isinstance(value, date) else value


def within_reach(day: date) -> date:
    """A day or moment that has a day before and after it in every zone. Raises ValueError."""
    if day.year not in YEARS:
        raise ValueError(NO_DAY)
    return day


def seen(said: str) -> str:
    """On one line, without what cannot be seen. Raises ValueError when nothing is left of it."""
    line = one_line(said)
    if said and not line:
        raise ValueError(NO_TEXT)
    return line


Line = Annotated[str, AfterValidator(seen)]
"""What people are shown as a name or a title."""

Day = Annotated[date, AfterValidator(within_reach)]


def texts(given: Any) -> Iterator[str]:
    """Every text within what was read from JSON or a form."""
    if isinstance(given, str):
        yield given
    elif isinstance(given, dict):
        for name, value in given.items():
            yield from (*texts(name), *texts(value))
    elif isinstance(given, list | tuple | set | frozenset):
        for value in given:
            yield from texts(value)


def is_storable(text: str) -> bool:
    """PostgreSQL keeps neither NUL nor half a surrogate pair."""
    return UNSTORABLE.search(text) is None
