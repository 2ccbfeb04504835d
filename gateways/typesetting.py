"""Documents as PDF: one template for each in `documents/`, set by typst in fonts that come with the house.

Tagged PDF/UA-1 and PDF/A-3b. What a document says is data of its template (`sys.inputs`), never markup.
"""

import asyncio
import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import font_source_sans_pro
import manimgx_fonts
import noto_cjk_sans_jp_regular
import typst

DOCUMENTS = Path(__file__).parent / "documents"
FONTS = [Path(package.__file__).parent for package in (font_source_sans_pro, manimgx_fonts, noto_cjk_sans_jp_regular)]
"""Source Sans for Latin, Greek and Cyrillic, Noto Sans for most other scripts, Noto Sans CJK for the Far East."""
UNKNOWN = "?"


async def typeset(document: str, said: Mapping[str, Any], at: datetime) -> bytes:
    """The PDF of `documents/<document>.typ` about `said`, dated `at` (aware): the same for the same input, to the byte.

    Letters no font here has are set as question marks.
    """
    return await asyncio.to_thread(_typeset, document, said, at.replace(microsecond=0))


def _typeset(document: str, said: Mapping[str, Any], at: datetime) -> bytes:
    try:
        return _compiled(document, said, at)
    except typst.TypstError:
        return _compiled(document, _with_known_letters(said), at)


def _compiled(document: str, said: Any, at: datetime | None = None) -> bytes:
    made: bytes = typst.compile(
        DOCUMENTS / f"{document}.typ",
        root=DOCUMENTS,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"said": json.dumps(said)},
        pdf_standards=["ua-1", "a-3b"],
        timestamp=at,
    )
    return made


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=FONTS)


def _with_known_letters(said: Any) -> Any:
    if isinstance(said, dict):
        return {name: _with_known_letters(value) for name, value in said.items()}
    if isinstance(said, list | tuple):
        return [_with_known_letters(each) for each in said]
    return " ".join(map(_known, said.split())) if isinstance(said, str) else said


def _known(word: str) -> str:
    if _can_be_set(word):
        return word
    return "".join(each if _can_be_set(each) else UNKNOWN for each in word if not unicodedata.combining(each))


@lru_cache(4096)
def _can_be_set(text: str) -> bool:
    """Typst is asked: it refuses a document of these standards when no font has its letters."""
    try:
        return bool(_compiled("probe", text))
    except typst.TypstError:
        return False
