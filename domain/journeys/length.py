"""How long a journey may be told to wait."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ValidationInfo
from pydantic_core import PydanticCustomError

SHORTEST, LONGEST = timedelta(seconds=1), timedelta(days=5 * 365 + 2)
"""Five years have two leap days at most. What takes no time, or less, would come round for ever in one moment."""


BY_HAND = "by hand"
"""The context of what somebody writes anew; what is published is read as it always was."""


def _iso_8601(length: object, info: ValidationInfo) -> object:
    """A bare 7 would be seconds, where whoever wrote it meant days."""
    if info.context == BY_HAND and not (isinstance(length, str) and length.lstrip("+-").startswith("P")):
        raise PydanticCustomError("time_delta_parsing", "not ISO 8601")
    return length


def _within_bounds(length: timedelta) -> timedelta:
    if not SHORTEST <= length <= LONGEST:
        raise PydanticCustomError("length_out_of_bounds", "not between a second and five years")
    return length


Length = Annotated[timedelta, BeforeValidator(_iso_8601), AfterValidator(_within_bounds)]
"""ISO 8601, such as PT12H or P3D."""
