"""What use cases answer with, and what they are asked with."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

NO_TEXT = "Take out the characters that are no text."
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class View(BaseModel):
    """Read-only data for a page or a JSON answer."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Command(BaseModel):
    """What somebody asks for, from a form or as JSON; unknown fields are refused, and what PostgreSQL cannot keep."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    @field_validator("*", mode="before")
    @classmethod
    def storable(cls, given: Any) -> Any:
        if not all(is_storable(text) for text in texts(given)):
            raise ValueError(NO_TEXT)
        return given


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
