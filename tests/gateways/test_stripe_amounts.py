"""Stripe's minor units against the currency's own."""

import pytest

from domain.money import Money
from gateways.errors import VendorBug
from gateways.stripe_amounts import stripe_amount


@pytest.mark.parametrize(
    ("money", "expected"),
    [
        (Money(12000, "USD"), 12000),
        (Money(5000, "JPY"), 5000),
        (Money(5000, "ISK"), 500000),
        (Money(5000, "UGX"), 500000),
        (Money(1500, "KWD"), 1500),
    ],
)
def test_amounts_are_counted_as_stripe_does(money: Money, expected: int) -> None:
    assert stripe_amount(money) == expected


def test_a_fraction_stripe_cannot_express_is_refused() -> None:
    with pytest.raises(VendorBug):
        stripe_amount(Money(1505, "MGA") if _has_decimals("MGA") else Money(1501, "KWD"))


def _has_decimals(currency: str) -> bool:
    return Money(1, currency).major != 1
