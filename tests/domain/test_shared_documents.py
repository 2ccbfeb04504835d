"""What may be left of a file's name, and how long something is shared."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.refusals import DocumentsFull, FileTooLarge, InvalidInput
from domain.shared_documents import (
    DEFAULT_LIFE,
    LONGEST_LIFE,
    LONGEST_TITLE,
    MOST_BYTES,
    MOST_OF_ONE,
    check_number,
    check_size,
    end_of_sharing,
    file_name,
    plain_title,
    title_of_file,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@given(st.text(max_size=400))
def test_whatever_a_file_is_called_its_title_is_one_line_of_text(name: str) -> None:
    for title in (plain_title(name), title_of_file(name)):
        assert len(title) <= LONGEST_TITLE
        assert title == plain_title(title)
        strange = [letter for letter in title if unicodedata.category(letter) in ("Cc", "Cs", "Co")]
        assert not strange
        assert not set(title) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\n\r\u2028\u2029\0")


def test_a_title_keeps_what_a_name_loses() -> None:
    assert plain_title("Blood 3/4") == "Blood 3/4"
    assert title_of_file("Blood 3/4.pdf") == "4"
    assert title_of_file("report.final.PDF") == "report.final"
    assert title_of_file("notes.docx") == "notes.docx"


def test_it_lasts_as_said_or_a_year_and_never_for_ever() -> None:
    assert end_of_sharing(NOW, None) == NOW + DEFAULT_LIFE
    assert end_of_sharing(NOW, NOW + LONGEST_LIFE) == NOW + LONGEST_LIFE
    for wrong in (NOW, NOW - timedelta(days=1), NOW + LONGEST_LIFE + timedelta(seconds=1)):
        with pytest.raises(InvalidInput):
            end_of_sharing(NOW, wrong)


def test_there_is_an_end_to_size_and_number() -> None:
    check_size(b"a" * MOST_BYTES)
    check_number(MOST_OF_ONE - 1)
    with pytest.raises(FileTooLarge):
        check_size(b"a" * (MOST_BYTES + 1))
    with pytest.raises(InvalidInput):
        check_size(b"")
    with pytest.raises(DocumentsFull):
        check_number(MOST_OF_ONE)


def test_a_download_is_called_by_its_day_and_kind() -> None:
    assert file_name("image/jpeg", NOW) == "document-2026-03-01.jpg"
