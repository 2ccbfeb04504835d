"""Who may treat follows where the patient is, on the day of the session."""

from datetime import date

import pytest

from domain.licensing import LicenceHeld, may_treat


@pytest.mark.parametrize(
    ("profession", "held", "where", "allowed"),
    [
        ("psychologist", "US-MA", "US-MA", True),
        ("psychologist", "US-NY", "US-MA", False),
        ("psychologist", "DE", "DE-BE", True),
        ("psychologist", "DE", "DEX", False),
        ("coach", "", "US-MA", True),
    ],
)
def test_licensure_follows_where_the_patient_is(profession: str, held: str, where: str, allowed: bool) -> None:
    licences = [LicenceHeld(held, date(2027, 1, 1))] if held else []
    assert may_treat(profession, licences, where, date(2026, 12, 31)) is allowed
    if licences:
        assert not may_treat("psychologist", licences, where, date(2027, 1, 2))
