"""The words of every language, as PO files. Message ids are the English text; the files are read once, at start."""

import io
from functools import cache
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LOCALE_DIR = Path(__file__).parent.parent / "portals" / "locale"
SHARED = "messages"
LANGUAGES = ("en", *sorted(folder.name for folder in LOCALE_DIR.iterdir() if folder.is_dir()))


@cache
def translations(lang: str, room: str = "") -> NullTranslations:
    """The catalogues of `lang` as one, in which the portal `room` has the first word, then what all share.

    English, and any language without files, answers with the message id.
    """
    all_of_it = Catalog(locale=lang, charset="utf-8", fuzzy=False)
    first = {room: 0, SHARED: 1}
    for source in sorted(_sources(lang), key=lambda path: (first.get(path.stem, 2), path.stem)):
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


def _sources(lang: str) -> list[Path]:
    return list((LOCALE_DIR / lang / "LC_MESSAGES").glob("*.po"))


def read_all() -> tuple[str, ...]:
    """Read every catalogue now, so that a broken one stops the start and not a page; answers the languages."""
    for lang in LANGUAGES:
        for room in ("", *(source.stem for source in _sources(lang))):
            translations(lang, room)
    return LANGUAGES
