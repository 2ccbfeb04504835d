"""Stripe's minor units, which are not everywhere those of the currency itself."""

from babel.numbers import get_currency_precision

from domain.money import Money
from gateways.errors import VendorBug

NO_DECIMALS = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
THREE_DECIMALS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])


def stripe_amount(money: Money) -> int:
    """The amount as Stripe counts it. Raises VendorBug if Stripe cannot express it."""
    shift = _stripe_decimals(money.currency) - int(get_currency_precision(money.currency))
    if shift >= 0:
        return money.amount * int(10**shift)
    amount, rest = divmod(money.amount, int(10**-shift))
    if rest:
        raise VendorBug("stripe", f"fraction_of_{money.currency}")
    return amount


def _stripe_decimals(currency: str) -> int:
    if currency in NO_DECIMALS:
        return 0
    return 3 if currency in THREE_DECIMALS else 2
