"""Where people may say that a patient is."""

from typing import Annotated

from pydantic import AfterValidator, Field

from domain.jurisdictions import is_known


def _known(place: str) -> str:
    if not is_known(place):
        raise ValueError("Choose one of the answers shown.")
    return place


KnownPlace = Annotated[str, Field(max_length=8), AfterValidator(_known)]
"""A code as licences name places: "US-MA", "DE"."""
