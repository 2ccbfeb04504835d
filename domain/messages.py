"""Messages to people: categories, channels, templates. A template holds only variables known here, nothing clinical."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from string import Formatter
from typing import Literal

Channel = Literal["email", "sms", "whatsapp"]
CHANNELS: tuple[Channel, ...] = ("email", "sms", "whatsapp")

OPEN, CLOSED = ("queued", "sending"), ("failed", "suppressed")
"""What became of a message: it is still to be sent, or it cannot arrive."""

OUTDATED = "outdated"
"""Why nobody sends a message any more: by now it is not true, or not wanted like this."""

GIVEN_UP = "given-up"
"""Why nobody tries a message any more: for almost a day its vendor has not taken it."""

LONGEST_TRIED = timedelta(hours=23)
"""The engine tries it for a day; in the last hour of that somebody writes down that it goes no more."""

CATEGORY: dict[str, str] = {
    "verification": "account",
    "password-reset": "account",
    "invitation": "account",
    "password-changed": "account",
    "factor-added": "account",
    "factor-removed": "account",
    "codes-renewed": "account",
    "confirmation": "appointments",
    "moved": "appointments",
    "cancelled": "appointments",
    "missed": "appointments",
    "payment-returned": "appointments",
    "reminder": "reminders",
    "nudge": "next-steps",
    "staff-nudge": "work",
    "escalation": "work",
    "glass-broken": "work",
}
"""Every template's category; people choose channels by category. Journeys may send more templates: "next-steps"."""

UNPROVEN = ("verification", "password-reset")
"""They go to whatever address somebody types, and greet nobody: the same stranger may have typed a lure for a name."""

FALLBACK = "en"
"""The language of whoever reads none that a template has."""

CHOOSABLE = ("appointments", "reminders", "next-steps")

VARIABLES: dict[Channel, frozenset[str]] = {
    "email": frozenset({"brand", "name", "when", "link", "count"}),
    "sms": frozenset({"brand", "when", "link"}),
    "whatsapp": frozenset({"brand", "when", "link"}),
}
LED_BY_LINK = frozenset({"verification", "password-reset", "invitation"})
"""What is in these messages is the only way on."""
SUBJECT_VARIABLES = frozenset({"brand"})
SMS_LENGTH = 320


def is_given_up(asked_at: datetime, now: datetime) -> bool:
    return now - asked_at >= LONGEST_TRIED


def category_of(template: str) -> str:
    return CATEGORY.get(template, "next-steps")


def problems(template: str, channel: Channel, subject: str, body: str) -> Iterable[str]:
    """Sentences about what a template says in one language, when it cannot be used."""
    told = VARIABLES[channel] - ({"name"} if template in UNPROVEN else set())
    for place, text, known in (("subject", subject, SUBJECT_VARIABLES), ("body", body, told)):
        try:
            parts = [part for part in Formatter().parse(text) if part[1] is not None]
        except ValueError as error:
            yield f"{place}: {error}. Write a brace twice to mean the brace itself."
            continue
        for name in sorted({str(name) for _, name, _, _ in parts} - known):
            yield f"{place}: there is no variable {{{name}}}. Use one of: {', '.join(sorted(known))}."
        if any(form or conversion for _, _, form, conversion in parts):
            yield f"{place}: a variable stands alone in its braces. Write it as {{brand}}."
    if template in LED_BY_LINK and "{link}" not in body:
        yield "body: without {link} whoever gets it cannot go on. Write it in."
    if "\n" in subject.strip():
        yield "subject: it goes over several lines. Write it on one."
    if channel == "email" and not subject:
        yield "subject: an e-mail needs one."
    if channel != "email" and len(body) > SMS_LENGTH:
        yield f"body: {len(body)} characters; a text message has at most {SMS_LENGTH}."


def missing(covered: Collection[str], sent_by_journeys: Iterable[str]) -> Iterable[str]:
    """Sentences about messages somebody would wait for in vain; `covered` are the e-mails anybody can be sent."""
    for key in sorted({*CATEGORY, *sent_by_journeys} - set(covered)):
        yield (
            f"template '{key}': there is no e-mail in '{FALLBACK}' for all brands, which goes to whoever reads none of "
            "the other languages. Write one."
        )


def render(text: str, values: Mapping[str, str]) -> str:
    return text.format_map(values)


def channels_for(category: str, wanted: Iterable[str] | None, possible: Collection[Channel]) -> list[Channel]:
    """Where a message goes: the person's choice, e-mail without one; account messages always by e-mail.

    `possible`: how the person can be reached, neither suppressed nor refused, and with words for it. Of a choice in
    which nothing is possible e-mail takes the place; only who chose nothing hears nothing.
    """
    if category not in CHOOSABLE or wanted is None:
        return ["email"]
    chosen = [channel for channel in CHANNELS if channel in set(wanted)]
    return [channel for channel in chosen if channel in possible] or (["email"] if chosen else [])
