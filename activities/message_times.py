"""When an appointment is, in the words of a message."""

from datetime import datetime
from typing import Any

from babel.dates import format_date, format_datetime, format_skeleton, format_time, get_datetime_format


def said_at(at: datetime, zone: Any, locale: str, briefly: bool = False) -> str:
    """As the language writes it, with the zone: "Monday, November 23, 2026, 9:30 AM EST"; "(Berlin)" if it has no name.

    For a text message `briefly`, as "Mon, Nov 23, 9:30 AM EST": what passes 160 characters is sent and paid twice.
    With plain spaces: a character beyond GSM's alphabet makes a text message twice as long.
    """
    there = at.astimezone(zone)
    day = format_skeleton("MMMEd", there, locale=locale) if briefly else format_date(there, "full", locale)
    name = format_datetime(at, "zzz", zone, locale)
    if name.startswith(("+", "-")):
        name = f"({format_datetime(at, 'VVV', zone, locale)})"
    time = f"{format_time(at, 'short', zone, locale)} {name}"
    return str(get_datetime_format("medium", locale)).replace("{1}", day).replace("{0}", time).replace("\u202f", " ")
