"""Stripe's minor units against the currency's own."""

import pytest
from babel.numbers import list_currencies

from domain.money import Money, card_step
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


@pytest.mark.parametrize("currency", sorted(list_currencies()))
def test_what_is_a_multiple_of_the_step_can_be_charged_kept_and_given_back(currency: str) -> None:
    price = Money(1055 * card_step(currency), currency)
    for percent in (0, 1, 33, 50, 99, 100):
        fee = price.share(percent)
        assert 0 <= fee.amount * 100 <= price.amount * percent
        for money in (price, fee, price - fee):
            stripe_amount(money)


@pytest.mark.parametrize("money", [Money(1501, "KWD"), Money(12345, "CLF")])
def test_a_fraction_stripe_cannot_express_is_refused(money: Money) -> None:
    with pytest.raises(VendorBug):
        stripe_amount(money)
