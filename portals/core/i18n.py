"""Words in the reader's language. Message ids are the English text; PO files are read once, at start.

`gettext` (imported as `_`) translates now, `N_` only marks a text that is translated when it is shown.
"""

import io
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LOCALE_DIR = Path(__file__).parent.parent / "locale"
LANGUAGE: ContextVar[str] = ContextVar("language", default="en")


@cache
def translations(lang: str) -> NullTranslations:
    """The catalogues of `lang` as one; English, and any language without files, answers with the message id."""
    all_of_it = Catalog(locale=lang, charset="utf-8", fuzzy=False)
    for source in sorted((LOCALE_DIR / lang / "LC_MESSAGES").glob("*.po")):
        with source.open("rb") as lines:
            for message in read_po(lines, locale=lang):
                if message.id and any(message.string or ()) and not message.fuzzy:
                    all_of_it.add(message.id, message.string)
    if not len(all_of_it):
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, all_of_it)
    compiled.seek(0)
    return Translations(compiled)


def read_all() -> tuple[str, ...]:
    """Read every catalogue now, so that a broken one stops the start and not a page; answers the languages."""
    found = sorted(folder.name for folder in LOCALE_DIR.iterdir() if folder.is_dir())
    for lang in found:
        translations(lang)
    return ("en", *found)


def gettext(message: str, **values: object) -> str:
    """`message` in the reader's language, its `%(name)s` filled from `values`."""
    text: str = translations(LANGUAGE.get()).ugettext(message) if message else ""
    return text % values if values else text


def ngettext(singular: str, plural: str, count: int, **values: object) -> str:
    text: str = translations(LANGUAGE.get()).ungettext(singular, plural, count)
    return text % {"num": count, **values}


def N_(message: str) -> str:
    return message


def direction(lang: str) -> str:
    """ "ltr" or "rtl"."""
    return str(Locale.parse(lang, sep="-").text_direction)
