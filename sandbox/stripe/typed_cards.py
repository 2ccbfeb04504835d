"""What a person types on the payment page, and what is wrong with it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.stripe.cards import BY_NUMBER, TestCard

EXPIRY = re.compile(r"(0?[1-9]|1[0-2])\s*/?\s*(?:20)?(\d\d)")


@dataclass(frozen=True)
class TypedCard:
    number: str
    expiry: str
    cvc: str

    @property
    def digits(self) -> str:
        return re.sub(r"[\s-]", "", self.number)

    @property
    def month_and_year(self) -> tuple[int, int] | None:
        found = EXPIRY.fullmatch(self.expiry.strip())
        return (int(found[1]), 2000 + int(found[2])) if found else None

    @property
    def card(self) -> TestCard:
        return BY_NUMBER[self.digits]

    def errors(self, now: float) -> dict[str, str]:
        """Field name -> what to correct; empty when the card can be tried."""
        found: dict[str, str] = {}
        if not _luhn(self.digits):
            found["number"] = "The card number is not complete or has a typing error."
        elif self.digits not in BY_NUMBER:
            found["number"] = "This is not a test card. Use one from the list below; type no real card here."
        if self.month_and_year is None:
            found["expiry"] = "Write the expiry date as month and year, such as 12 / 34."
        elif _past(*self.month_and_year, now):
            found["expiry"] = "The expiry date lies in the past."
        if not re.fullmatch(r"\d{3,4}", self.cvc.strip()):
            found["cvc"] = "The security code has three or four digits."
        return found


def _past(month: int, year: int, now: float) -> bool:
    today = datetime.fromtimestamp(now, UTC)
    return (year, month) < (today.year, today.month)


def _luhn(digits: str) -> bool:
    if not re.fullmatch(r"[0-9]{12,19}", digits):
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0
