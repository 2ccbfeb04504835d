"""How a call to a vendor may fail, named by what the caller must do next.

An error carries the vendor's name and its short machine code, never a message, an address or a body.
"""

import re

SHORT_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class VendorError(Exception):
    """`vendor` is "stripe", "twilio" or "sendgrid"; `code` the vendor's own machine code, or the status."""

    def __init__(self, vendor: str, code: str | int | None = None) -> None:
        self.vendor = vendor
        self.code = str(code) if code and SHORT_CODE.fullmatch(str(code)) else "unknown"
        super().__init__(f"{vendor}: {self.code}")


class VendorRetry(VendorError):
    """It has not happened; the same call with the same key may be repeated later."""


class VendorIndeterminate(VendorError):
    """It may have happened: look it up before anything else, and before any new key."""


class VendorDeclined(VendorError):
    """The vendor said no for good; asking again changes nothing."""


class VendorNeedsCustomer(VendorError):
    """Only the person can go on: authenticate, or correct an address or a number."""


class VendorBlocked(VendorError):
    """The recipient has opted out or is suppressed; do not send."""


class VendorConfiguration(VendorError):
    """A key, a sender or a permission of ours is wrong; an operator must act."""


class VendorBug(VendorError):
    """We asked for something that does not exist or broke the vendor's rules; a person of ours must act."""


class Forged(VendorError):
    """A webhook that the vendor did not sign, or that is not readable. Nothing of it may be used."""
