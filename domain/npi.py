"""National Provider Identifiers: ten digits, the first 1 or 2, the last a check digit over 80840 and the rest."""

from stdnum import luhn

SYSTEM = "http://hl7.org/fhir/sid/us-npi"
PREFIX = "80840"


def wrong(npi: str) -> str | None:
    """Why this is no NPI; None when it is one."""
    if not npi:
        return "it has no NPI"
    if len(npi) != 10 or not npi.isascii() or not npi.isdigit():
        return f"the NPI '{npi}' has not ten digits"
    if npi[0] not in "12":
        return f"the NPI '{npi}' does not begin with 1 or 2"
    if not luhn.is_valid(PREFIX + npi):
        return f"the NPI '{npi}' has a wrong check digit"
    return None
