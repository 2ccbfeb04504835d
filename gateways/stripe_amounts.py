"""Stripe's minor units, which are not everywhere those of the currency itself."""

from domain.money import Money
from gateways.errors import VendorBug

NO_DECIMALS = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
THREE_DECIMALS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])


def stripe_amount(money: Money) -> int:
    """The amount as Stripe counts it. Raises VendorBug if Stripe cannot express it."""
    decimals = _stripe_decimals(money.currency)
    exact = money.major.scaleb(decimals)
    if exact != int(exact) or (decimals == 3 and exact % 10):
        raise VendorBug("stripe", f"fraction_of_{money.currency}")
    return int(exact)


def _stripe_decimals(currency: str) -> int:
    if currency in NO_DECIMALS:
        return 0
    return 3 if currency in THREE_DECIMALS else 2
