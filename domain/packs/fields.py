"""What single values of a pack may be. Whatever is refused is refused with how to write it."""

from collections.abc import Callable
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from babel import Locale as BabelLocale
from babel import UnknownLocaleError
from babel.numbers import is_currency
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain.access.roles import AFFILIATES, ROLES
from domain.jurisdictions import is_known


class PackDocument(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _is_locale(tag: str) -> bool:
    try:
        return str(BabelLocale.parse(tag, sep="-")).replace("_", "-") == tag
    except (ValueError, UnknownLocaleError):
        return False


def _one_of(what: str, known: Callable[[str], bool], how: str) -> AfterValidator:
    def check(value: str) -> str:
        if not known(value):
            raise ValueError(f"there is no {what} '{value}'. {how}")
        return value

    return AfterValidator(check)


STAFF_ROLES = tuple(sorted({role.key for role in ROLES if role.portal == "organization"} | set(AFFILIATES)))

TimeZone = Annotated[
    str, _one_of("time zone", lambda zone: zone in _time_zones(), "Write a region and a city, as in Europe/Berlin")
]
Locale = Annotated[str, _one_of("language", _is_locale, "Write its code, as in en, de or pt-BR")]
Currency = Annotated[str, _one_of("currency", is_currency, "Write its code of ISO 4217, as in EUR")]
Jurisdiction = Annotated[
    str, _one_of("jurisdiction", is_known, "Write a country as in DE, in the United States a state as in US-MA")
]
StaffRole = Annotated[str, _one_of("role", lambda role: role in STAFF_ROLES, f"Use one of: {', '.join(STAFF_ROLES)}")]
Clock = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
"""HH:MM; 24:00 is the end of the day."""
Host = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", max_length=253)]
Phone = Annotated[str, Field(pattern=r"^(\+[1-9]\d{6,14})?$")]
Version = Annotated[int, Field(ge=1)]
