"""Whatever hue a brand chooses is a colour."""

from hypothesis import given
from hypothesis import strategies as st

from domain.brand_colour import accent_hex


@given(st.integers(0, 360))
def test_accents_are_colours(hue: int) -> None:
    assert len(accent_hex(hue)) == 7
    int(accent_hex(hue)[1:], 16)
