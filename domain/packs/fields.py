"""What single values of a pack may be. Whatever is refused is refused with how to write it."""

import re
from collections.abc import Callable
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from babel import Locale as BabelLocale
from babel import UnknownLocaleError
from babel.core import get_global
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from domain import npi
from domain.access.roles import AFFILIATES, ROLES
from domain.brand_tokens import RADIUS
from domain.hosts import is_host
from domain.jurisdictions import is_known
from domain.sign_in_rules import LONGEST_PASSWORD, SHORTEST_PASSWORD


class PackDocument(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


@cache
def _time_zones() -> frozenset[str]:
    """Without what depends on the machine, and what is no place."""
    return frozenset(available_timezones()) - {"localtime", "Factory", "posixrules"}


@cache
def _in_use() -> frozenset[str]:
    """Currencies that are legal tender somewhere today."""
    told = get_global("territory_currencies").values()
    return frozenset(code for known in told for code, _, until, tender in known if tender and until is None)


def _is_locale(tag: str) -> bool:
    try:
        return str(BabelLocale.parse(tag, sep="-")).replace("_", "-") == tag
    except (ValueError, UnknownLocaleError):
        return False


def _fits(known: Callable[[str], object], otherwise: str) -> AfterValidator:
    """Refuses whatever is not `known` with `otherwise`, where {} stands for what was written."""

    def check(value: str) -> str:
        if not known(value):
            raise ValueError(otherwise.format(value))
        return value

    return AfterValidator(check)


def _named(text: str) -> str:
    if not text.strip():
        raise ValueError("nothing is written here. Write it, or take it out")
    return text


def _is_npi(number: str) -> str:
    if number and (why := npi.wrong(number)):
        raise ValueError(f"{why}. Correct it, or leave it out")
    return number


def _is_password(password: str) -> str:
    if password and not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        most = f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
        raise ValueError(f"{most}. Write such a one, or leave it out")
    return password


_is_clock = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00").fullmatch
_is_phone = re.compile(r"\+[1-9]\d{6,14}").fullmatch
_is_radius = RADIUS.fullmatch
STAFF_ROLES = tuple(sorted({role.key for role in ROLES if role.portal == "organization"} | set(AFFILIATES)))

TimeZone = Annotated[
    str,
    Field(description="time zone, as `Europe/Berlin`"),
    _fits(
        lambda zone: zone in _time_zones(), "there is no time zone '{}'. Write a region and a city, as in Europe/Berlin"
    ),
]
Locale = Annotated[
    str,
    Field(description="language, as `en` or `pt-BR`"),
    _fits(_is_locale, "there is no language '{}'. Write its code, as in en, de or pt-BR"),
]
Currency = Annotated[
    str,
    Field(description="currency, as `EUR`"),
    _fits(lambda code: code in _in_use(), "there is no currency '{}'. Write its code of ISO 4217, as in EUR"),
]
Jurisdiction = Annotated[
    str,
    Field(description="country, as `DE`; in the United States a state, as `US-MA`"),
    _fits(
        is_known, "there is no jurisdiction '{}'. Write a country as in DE, in the United States a state as in US-MA"
    ),
]
StaffRole = Annotated[
    str,
    Field(description="role: " + ", ".join(f"`{role}`" for role in STAFF_ROLES)),
    _fits(lambda role: role in STAFF_ROLES, f"there is no role '{{}}'. Use one of: {', '.join(STAFF_ROLES)}"),
]
Host = Annotated[
    str,
    Field(description="host, as `care.example.org`"),
    _fits(is_host, "'{}' is no host. Write its name alone, in lower case and without a port, as in care.example.org"),
]
Clock = Annotated[
    str,
    Field(description="time of day in quotes, as `'09:30'`; `'24:00'` is its end"),
    _fits(_is_clock, "'{}' is no time of day. Write it as in '09:30'; '24:00' is the end of the day"),
]
Phone = Annotated[
    str,
    Field(description="phone number, as `+4930901820`"),
    _fits(lambda number: not number or _is_phone(number), "'{}' is no phone number. Write it as in +4930901820"),
]
Radius = Annotated[
    str,
    Field(description="`0rem` to `1.9999rem`"),
    _fits(_is_radius, "'{}' is no radius. Write 0rem to 1.9999rem, as in 0.5rem"),
]
Npi = Annotated[str, Field(description="National Provider Identifier"), AfterValidator(_is_npi)]
Password = Annotated[
    str,
    Field(
        description="10 to 200 characters; without it nobody knows one, and the person asks for a link at their door"
    ),
    AfterValidator(_is_password),
]
Version = Annotated[int, Field(ge=1, le=1_000_000)]
Amount = Annotated[int, Field(ge=0, le=99_999_999)]
"""Minor units; no card is charged more than eight digits at once."""
Name = Annotated[str, StringConstraints(max_length=200), Field(description="text"), AfterValidator(_named)]
Said = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(_named)]
Words = Annotated[dict[Locale, Said], Field(min_length=1, description="words by language")]
"""By locale, English best among them: whoever reads none of the others reads that."""
