"""Words in the reader's language. Message ids are the English text.

`gettext` (imported as `_`) translates now, `N_` only marks a text that is translated when it is shown.
"""

from contextvars import ContextVar

from babel import Locale
from babel.numbers import format_decimal

from threshold.catalogues import translations

LANGUAGE: ContextVar[str] = ContextVar("language", default="en")
ROOM: ContextVar[str] = ContextVar("room", default="")
"""The portal that speaks: what is one word in English may be another for each."""


def gettext(message: str, **values: object) -> str:
    """`message` in the reader's language, its `%(name)s` filled from `values`."""
    text: str = translations(LANGUAGE.get(), ROOM.get()).ugettext(message) if message else ""
    return text % values if values else text


def ngettext(singular: str, plural: str, count: int, **values: object) -> str:
    """`%(num)s` is `count` as the language writes numbers."""
    text: str = translations(LANGUAGE.get(), ROOM.get()).ungettext(singular, plural, count)
    return text % {"num": format_decimal(count, locale=Locale.parse(LANGUAGE.get(), sep="-")), **values}


def N_(message: str) -> str:
    return message


def direction(lang: str) -> str:
    """ "ltr" or "rtl"."""
    return str(Locale.parse(lang, sep="-").text_direction)
