"""What is shown as a name is on one line, and can be seen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.lines import JOINERS, one_line


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("  Ada   Lowell ", "Ada Lowell"),
        ("Ada\nLowell\tJr.", "Ada Lowell Jr."),
        ("\u202eadA\u202c", "adA"),
        ("bell\x07and\x1bescape", "bell and escape"),
        ("Ma\u00adry\u200b", "Mary"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("O'Neil-Şahin, Jr.", "O'Neil-Şahin, Jr."),
        ("\u200b\u2060\ufeff", ""),
        ("\u3164 \u2800\u200d", ""),
    ],
)
def test_one_line(said: str, shown: str) -> None:
    assert one_line(said) == shown


@given(st.text(max_size=80))
def test_nothing_is_left_that_only_steers_and_nothing_more_is_taken_a_second_time(said: str) -> None:
    line = one_line(said)
    assert line == one_line(line)
    assert not [letter for letter in line if unicodedata.category(letter) == "Cf" and letter not in JOINERS]
    assert len(line.splitlines()) <= 1
