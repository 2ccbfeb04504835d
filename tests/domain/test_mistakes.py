"""What pydantic finds, in words of our own."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

import pytest
from annotated_types import Ge, MaxLen
from pydantic import AwareDatetime, BaseModel, EmailStr, ValidationError

from domain.mistakes import FORM, MISTAKES, mistake, spelled_out
from usecases.views import Day


class Sent(BaseModel, extra="forbid"):
    page: Annotated[int, Ge(1)] = 1
    email: EmailStr = ""
    day: Day = date(2026, 1, 1)
    at: AwareDatetime = datetime(2026, 1, 1, tzinfo=UTC)
    names: Annotated[list[str], MaxLen(1)] = []
    sure: bool = False


@pytest.mark.parametrize(("sent", "said"), [
    ({"page": 0}, "This number is too small."),
    ({"page": "1.5"}, "Enter a whole number."),
    ({"email": "nobody"}, "Enter an e-mail address, like name@example.org."),
    ({"day": "0001-01-01"}, "Enter a date."),
    ({"at": "2026-01-01T10:00"}, "Enter a date and a time with their time zone."),
    ({"names": "a"}, "Enter this as a list."),
    ({"names": ["a", "b"]}, "This list is too long."),
    ({"sure": "perhaps"}, "Answer with yes or no."),
    ({"other": 1}, "There is no field of this name."),
])  # fmt: skip
def test_a_mistake_is_a_sentence_for_people(sent: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        Sent.model_validate(sent)
    assert [mistake(each) for each in wrong.value.errors()] == [said]


def test_what_is_no_sentence_is_not_shown() -> None:
    assert mistake({"type": "value_error", "msg": "Value error, not a currency: 'X'"}) == FORM
    assert mistake({"type": "invented_tomorrow", "msg": "Input should be otherwise"}) == FORM
    assert all(text[0].isupper() and text.endswith(".") for text in MISTAKES.values())


def test_programs_are_told_what_there_is_to_choose_from() -> None:
    found = {"type": "literal_error", "msg": "Input should be 'a' or 'b'", "ctx": {"expected": "'a', 'b' or 'c'"}}
    assert (mistake(found), spelled_out(found)) == ("Choose one of the answers shown.", "Choose one of: 'a', 'b', 'c'.")
    assert spelled_out({"type": "int_parsing"}) == "Enter a whole number."
