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
    last = may_treat_until(profession, licences, jurisdiction)
    return last is not None and on <= last


def may_treat_until(profession: str, licences: Iterable[LicenceHeld], jurisdiction: str) -> date | None:
    """The last day; None: not at all. A licence for a country ("DE") covers its parts ("DE-BE"), one for a part only
    that part."""
    if profession in UNLICENSED:
        return date.max
    there = (
        licence.expires_on
        for licence in licences
        if jurisdiction == licence.jurisdiction or jurisdiction.startswith(f"{licence.jurisdiction}-")
    )
    return max(there, default=None)
