"""What Stripe takes for an amount of money."""

from sandbox.stripe.errors import invalid

DECIMALS = {
    **dict.fromkeys(("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf"), 0),
    **dict.fromkeys(("vnd", "vuv", "xaf", "xof", "xpf"), 0),
    **dict.fromkeys(("aed", "ars", "aud", "bgn", "brl", "cad", "chf", "cny", "cop", "czk", "dkk", "egp"), 2),
    **dict.fromkeys(("eur", "gbp", "hkd", "huf", "idr", "ils", "inr", "isk", "kes", "mad", "mxn", "myr"), 2),
    **dict.fromkeys(("ngn", "nok", "nzd", "pen", "php", "pkr", "pln", "qar", "ron", "sar", "sek", "sgd"), 2),
    **dict.fromkeys(("thb", "try", "twd", "uah", "ugx", "usd", "uyu", "zar"), 2),
    **dict.fromkeys(("bhd", "jod", "kwd", "omr", "tnd"), 3),
}
LEAST = 50
MOST = 99_999_999


def check(amount: int, currency: str) -> None:
    """Raises StripeRefusal."""
    code = currency.lower()
    if code not in DECIMALS:
        raise invalid(f"Invalid currency: {code}.", param="currency")
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", "parameter_invalid_integer", "amount")
    if amount < LEAST:
        raise invalid(f"Amount must be at least {written(LEAST, code)}", "amount_too_small", "amount")
    if amount > MOST:
        raise invalid(f"Amount must be no more than {written(MOST, code)}", "amount_too_large", "amount")
    if DECIMALS[code] == 3 and amount % 10:
        raise invalid("The last digit of amounts in this currency must be 0.", param="amount")


def written(amount: int, currency: str) -> str:
    """As a person reads it: 12000, "usd" is "120.00 USD"."""
    decimals = DECIMALS[currency]
    return f"{amount / 10**decimals:,.{decimals}f} {currency.upper()}"
