"""Times, money and names as the reader writes them. Times come in as aware UTC and leave in the reader's zone."""

import re
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel import Locale, dates, lists, numbers, units
from markupsafe import Markup

from domain.jurisdictions import US_STATES
from domain.money import Money
from portals.core.i18n import LANGUAGE
from threshold.formats import Style, datetime_in, money_in

ZONE: ContextVar[str] = ContextVar("zone", default="UTC")
PHONE = re.compile(r"(\+?\d[\d ]*\d\d)")


def language() -> Locale:
    """The reader's."""
    return locale_of(LANGUAGE.get())


@cache
def locale_of(tag: str) -> Locale:
    """Raises babel.UnknownLocaleError."""
    return Locale.parse(tag, sep="-")


def local(at: datetime, zone: str | None = None) -> datetime:
    """`at` on the reader's clock. Raises ValueError for a naive datetime."""
    if at.tzinfo is None:
        raise ValueError("times are aware")
    return at.astimezone(ZoneInfo(zone or ZONE.get()))


def format_date(at: date, style: str = "medium", zone: str | None = None) -> str:
    """`style`: short, medium, long, full, "weekday" or a CLDR skeleton such as "MMMEd"."""
    return _date(local(at, zone).date() if isinstance(at, datetime) else at, style, LANGUAGE.get())


@lru_cache(4096)
def _date(day: date, style: str, tag: str) -> str:
    if style == "weekday":
        return dates.format_date(day, "EEEE", locale=locale_of(tag))
    if style in ("short", "medium", "long", "full"):
        return dates.format_date(day, style, locale=locale_of(tag))
    return dates.format_skeleton(style, day, locale=locale_of(tag))


def format_time(at: datetime, zone: str | None = None) -> str:
    return _time(local(at, zone).time(), LANGUAGE.get())


def format_clock(minute: int) -> str:
    """A minute of the day as its time, midnight at both ends: 540 -> "9:00 AM"."""
    return _time(time(minute // 60 % 24, minute % 60), LANGUAGE.get())


@lru_cache(4096)
def _time(at: time, tag: str) -> str:
    return dates.format_time(at, "short", locale=locale_of(tag))


def format_datetime(at: datetime, style: Style = "medium", zone: str | None = None) -> str:
    """Date in `style` (short, medium, long, full) and short time: "Nov 24, 2026, 9:00 AM"."""
    return datetime_in(language(), at, zone or ZONE.get(), style)


def format_zone(at: date, zone: str | None = None) -> str:
    """The name of the reader's zone at that moment, or on that day: "Central European Standard Time"."""
    noon = time(12, tzinfo=ZoneInfo(zone or ZONE.get()))
    moment = local(at, zone) if isinstance(at, datetime) else datetime.combine(at, noon)
    return str(dates.get_timezone_name(moment, width="long", locale=language()))


def format_ago(at: datetime, now: datetime) -> str:
    """`at` as told from `now`: "in 3 days", "2 hours ago"."""
    return str(dates.format_timedelta(at - now, add_direction=True, locale=language()))


def format_money(money: Money) -> str:
    return _money(money, LANGUAGE.get())


@lru_cache(4096)
def _money(money: Money, tag: str) -> str:
    return money_in(locale_of(tag), money)


def format_number(value: float, digits: int = 0) -> str:
    return _number(round(value, digits) + 0, LANGUAGE.get())  # what rounds to nothing has no sign


@lru_cache(4096)
def _number(value: float, tag: str) -> str:
    return numbers.format_decimal(value, locale=locale_of(tag))


def format_percent(share: float, digits: int = 0) -> str:
    """`share` 0-1: 0.78 -> "78%"."""
    return numbers.format_percent(round(share, digits + 2), locale=language(), decimal_quantization=False)


def format_duration(length: timedelta | int, width: str = "short") -> str:
    """A length (minutes when a number): "50 min", "1 hr 30 min". `width`: narrow, short, long."""
    minutes = int(length.total_seconds() // 60) if isinstance(length, timedelta) else length
    days, rest = divmod(minutes, 1440)
    parts = [(days, "day"), (rest // 60, "hour"), (rest % 60, "minute")]
    said = [_unit(count, unit, width) for count, unit in parts if count] or [_unit(0, "minute", width)]
    return " ".join(said)


def _unit(count: int, unit: str, width: str) -> str:
    """In the short form where the language lacks another: CLDR inherits it, Babel would say the unit's key."""
    key = f"duration-{unit}"
    said = units.format_unit(count, key, length=width, locale=language())  # type: ignore[arg-type]
    return units.format_unit(count, key, length="short", locale=language()) if key in said else said


def format_list(items: list[str]) -> str:
    return lists.format_list(items, locale=language())


def language_name(code: str, own: bool = False) -> str:
    """The language's name in the reader's language, or in its own when `own`: "de" -> "German" or "Deutsch"."""
    tongue = locale_of(code)
    name = tongue.get_display_name(tongue if own else language()) or code
    return name[:1].upper() + name[1:] if own else name


def country_name(code: str) -> str:
    return str(language().territories.get(code.upper(), code))


def place_name(code: str) -> str:
    """ "DE" -> "Germany", "US-MA" -> "United States: Massachusetts"; states keep their English names."""
    country, _, state = code.partition("-")
    return country_name(country) + (f": {US_STATES.get(state, state)}" if state else "")


def zone_name(zone: str) -> str:
    """ "America/New_York" -> "America/New York"."""
    return zone.replace("_", " ")


def zones(chosen: str) -> list[tuple[str, str]]:
    """Zone -> its name, and the chosen one's whatever it is; cities keep their English names."""
    return [(zone, zone_name(zone)) for zone in sorted(_zones_of_places() | {chosen})]


@cache
def _zones_of_places() -> frozenset[str]:
    """Each clock of a country once, by the present name of its largest place (IANA's list, tzdata's zone.tab)."""
    rows = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines()
    clocks: dict[tuple[str, bytes], str] = {}
    for country, _, zone, *_ in (row.split("\t") for row in rows if not row.startswith("#")):
        clocks.setdefault((country, _rule(zone)), zone)
    return frozenset(clocks.values())


def _rule(zone: str) -> bytes:
    """How its clock is set from now on: the last line of its file, as POSIX writes it."""
    return files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes().splitlines()[-1]


def iso(at: datetime) -> str:
    """For the `datetime` attribute: UTC with a Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def with_calls(text: str) -> Markup:
    """`text` with each number of three digits or more as a link that calls it."""
    call = Markup('<a href="tel:{}" dir="ltr">{}</a>')
    parts = PHONE.split(text)  # every second one is a number
    return Markup().join(
        call.format(part.replace(" ", ""), part) if place % 2 else part for place, part in enumerate(parts)
    )


def initials(name: str) -> str:
    """At most two letters for an avatar: "Dr. Ada Maria Example, LICSW" -> "AE"."""
    name = name.partition(",")[0]
    words = [word for word in name.split() if word[:1].isalpha() and not word.endswith(".")] or name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


FILTERS: dict[str, Callable[..., str]] = {
    "ago": format_ago,
    "clock": format_clock,
    "country": country_name,
    "date": format_date,
    "datetime": format_datetime,
    "duration": format_duration,
    "initials": initials,
    "iso": iso,
    "language": language_name,
    "listed": format_list,
    "money": format_money,
    "number": format_number,
    "percent": format_percent,
    "place": place_name,
    "time": format_time,
    "with_calls": with_calls,
    "zone": format_zone,
}
