"""Phone numbers as vendors want them."""

import phonenumbers


def as_e164(number: str, country: str) -> str | None:
    """A number as typed in `country` ("US") -> "+16175550110"; None: that is no phone number."""
    try:
        parsed = phonenumbers.parse(number, country or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
