"""Who may treat whom: licensure follows where the patient physically is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

UNLICENSED = frozenset({"coach", "nutritionist"})
"""Professions that need no licence in most places."""


@dataclass(frozen=True)
class LicenceHeld:
    jurisdiction: str
    expires_on: date


def may_treat(profession: str, licences: Iterable[LicenceHeld], jurisdiction: str, on: date) -> bool:
    """A licence for a country ("DE") covers its parts ("DE-BE"), one for a part only that part."""
    if profession in UNLICENSED:
        return True
    return any(
        licence.expires_on >= on
        and (jurisdiction == licence.jurisdiction or jurisdiction.startswith(f"{licence.jurisdiction}-"))
        for licence in licences
    )
