"""A cell of a CSV file as a spreadsheet must not take it for a formula (OWASP, CSV injection)."""

import re

_UNSEEN = r"\s\x00-\x1f\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff"
_SIGNS = r"=+\-@|%＝＋－＠﹢﹣﹦﹫⁺⁻⁼₊₋₌−"
_FORMULA = re.compile(rf"[{_UNSEEN}]*[{_SIGNS}]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def csv_cell(value: object) -> str:
    """`value` as text; what would begin a formula gets an apostrophe in front, which spreadsheets hide.

    Also behind spaces, tabs, line breaks and invisible characters, and in full-width letters. Plain numbers stay
    numbers. Quoting is the `csv` module's.
    """
    text = "" if value is None else str(value)
    if _NUMBER.fullmatch(text):
        return text
    dangerous = _FORMULA.match(text) or text[:1] in ("\t", "\r", "\n", "\0")
    return f"'{text}" if dangerous else text
