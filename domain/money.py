"""Money: integer minor units and a currency, never a float."""

from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import get_currency_precision

LEAST_CHARGE = 50
"""Minor units: card vendors refuse less in every currency, in some of them more than this."""
CARD_DECIMALS = 2
"""No card is charged a smaller fraction, also where the currency itself has one."""

get_currency_precision("USD")  # reads its table from a file, which a workflow that is the first to ask may not


def card_step(currency: str) -> int:
    """The minor units of which whatever is charged to a card, or given back to it, is a multiple."""
    return int(10 ** max(get_currency_precision(currency) - CARD_DECIMALS, 0))


@dataclass(frozen=True, order=False)
class Money:
    """`amount` in minor units of `currency` (ISO 4217, upper case): Money(12000, "USD") is 120 dollars.

    Raises ValueError for an unknown shape of currency, TypeError for a float; sums never cross currencies.
    """

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, int) or isinstance(self.amount, bool):
            raise TypeError("amount is in whole minor units")
        if len(self.currency) != 3 or not self.currency.isascii() or not self.currency.isupper():
            raise ValueError(f"not a currency: {self.currency!r}")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __bool__(self) -> bool:
        return self.amount != 0

    def share(self, percent: int) -> "Money":
        """`percent` of this, rounded down to what a card can be charged: what is kept of a price is never more."""
        step = card_step(self.currency)
        return Money(self.amount * percent // (100 * step) * step, self.currency)

    @property
    def major(self) -> Decimal:
        """The amount as people write it: Money(12000, "USD").major == 120.00, Money(120, "JPY").major == 120."""
        return Decimal(self.amount).scaleb(-get_currency_precision(self.currency))

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other.amount
