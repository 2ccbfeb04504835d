"""How long a journey may be told to wait."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

SHORTEST, LONGEST = timedelta(seconds=1), timedelta(days=5 * 365 + 2)
"""Five years have two leap days at most. What takes no time, or less, would come round for ever in one moment."""


def _within_bounds(length: timedelta) -> timedelta:
    if not SHORTEST <= length <= LONGEST:
        raise PydanticCustomError("length_out_of_bounds", "not between a second and five years")
    return length


Length = Annotated[timedelta, AfterValidator(_within_bounds)]
"""ISO 8601, such as PT12H or P3D."""
