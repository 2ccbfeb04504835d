"""Money and times as a language writes them."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers

from domain.money import Money

Style = Literal["short", "medium", "long", "full"]


def money_in(language: Locale, money: Money) -> str:
    """The currency's sign is isolated: "US$" would be turned round in a line from right to left."""
    said = numbers.format_currency(money.major, money.currency, locale=language)
    if language.text_direction == "ltr":
        return said
    sign = numbers.get_currency_symbol(money.currency, locale=language)
    return said.replace(sign, f"\N{FIRST STRONG ISOLATE}{sign}\N{POP DIRECTIONAL ISOLATE}")


def datetime_in(language: Locale, at: datetime, zone: str, style: Style = "medium") -> str:
    """Date in `style` and short time. Raises ValueError for a naive datetime."""
    if at.tzinfo is None:
        raise ValueError("times are aware")
    there = at.astimezone(ZoneInfo(zone))
    pattern = str(dates.get_datetime_format(style, locale=language)).replace("'", "")
    return pattern.format(
        dates.format_time(there.time(), "short", locale=language),
        dates.format_date(there.date(), style, locale=language),
    )
