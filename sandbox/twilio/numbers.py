"""Telephone numbers: how they are written, and the test numbers that are refused at once or cannot be reached."""

import re

from sandbox.twilio.errors import TwilioRefusal

E164 = re.compile(r"\+[1-9]\d{6,14}")
REFUSED = {
    "+15005550001": (21211, "The 'To' number {} is not a valid phone number."),
    "+15005550002": (21612, "The 'To' phone number {} is not currently reachable."),
    "+15005550003": (21408, "Permission to send an SMS has not been enabled for the region of {}."),
    "+15005550004": (21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": (21614, "'To' number {} is not a valid mobile number"),
}

UNREACHABLE = {
    ("sms", "+15005530003"): 30003,
    ("sms", "+15005530006"): 30006,
    ("whatsapp", "+15005530006"): 63024,
}
"""A text to them is taken and sent, and turns out undelivered: a phone that is off, a landline. Ours, not Twilio's."""


def split(address: str) -> tuple[str, str]:
    """(channel, number) of "whatsapp:+1500…" or "+1500…"."""
    channel, colon, number = address.rpartition(":")
    return (channel if colon else "sms", number)


def check_recipient(address: str) -> None:
    """Raises TwilioRefusal."""
    channel, number = split(address)
    if channel not in ("sms", "whatsapp") or not E164.fullmatch(number):
        raise TwilioRefusal(400, 21211, f"The 'To' number {address} is not a valid phone number.")
    if number in REFUSED:
        code, message = REFUSED[number]
        raise TwilioRefusal(400, code, message.format(number))


def check_sender(sender: str, recipient: str) -> None:
    """Raises TwilioRefusal."""
    channel, number = split(sender)
    if not E164.fullmatch(number):
        raise TwilioRefusal(400, 21212, f"The 'From' number {sender} is not a valid phone number.")
    if channel != split(recipient)[0]:
        raise TwilioRefusal(400, 63007, "Twilio could not find a Channel with the specified From address")
