"""Documents are tagged, the same to the byte, and know no markup but their template's."""

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from babel import Locale
from babel.numbers import list_currencies

from domain.money import Money
from gateways.typesetting import typeset
from tests.fixtures.files import text_of
from threshold.formats import money_in

AT = datetime(2026, 3, 20, 9, tzinfo=UTC)
MARKUP = (
    '#panic("x")', "#pagebreak()", "= x", "- x", "+ x", "/ x: y", "*x*", "_x_", "`x`", "$x^2$", "#emph[x]", "#h(9cm)",
    '#read("/etc/passwd")', '#import "probe.typ"', '#include "receipt.typ"', '#link("https://x.example")[x]',
    "https://x.example", "@x", "<x>", "// x", "/* x", "x */", "#sys.inputs", "#set page(fill: red)", "]", "[", "#[x",
    '"', '" + "', '")', "\\", "\\u{0}", "#{1 + 1}", "#x", "~", "---", '#image("x.png")', "#eval(\"1\")", "\n= x",
    "#figure[x]", "#footnote[x]", "#table[x]", "#metadata(1)", '#json("x")', "#context 1", "#while true {}",
)  # fmt: skip


def said(text: str = "plain", lang: str = "en") -> dict[str, Any]:
    words = dict.fromkeys(("brand", "title", "number", "seller"), text)
    return words | {"lang": lang, "region": None, "colour": "#006874", "facts": [(text, text)] * 4}


def shape(made: bytes) -> tuple[int, int, int]:
    """Pages, elements of its structure, links."""
    return made.count(b"/Type/Page"), made.count(b"/StructElem"), made.count(b"/Annot")


async def test_markup_in_data_stays_data() -> None:
    plain = await typeset("receipt", said(), AT)
    for text in MARKUP:
        made = await typeset("receipt", said(text), AT)
        assert shape(made) == shape(plain), text


async def test_the_same_input_gives_the_same_bytes() -> None:
    made = await typeset("receipt", said(), AT)
    assert made == await typeset("receipt", said(), AT)
    assert made != await typeset("receipt", said(), AT + timedelta(days=1))
    for claim in (
        b"<pdfuaid:part>1<",
        b"<pdfaid:part>3<",
        b"/MarkInfo<</Marked true",
        b"/StructTreeRoot",
        b"/Lang(en)",
    ):
        assert claim in made
    assert b"D:20260320" in made


async def test_arabic_has_its_own_letters() -> None:
    made = await typeset("receipt", said("إيصال", "ar"), AT)
    assert b"/Lang(ar)" in made
    assert b"NotoSansArabic" in made
    assert b"NotoSansArabic" not in await typeset("receipt", said(), AT)


@pytest.mark.parametrize(
    "name",
    ["王小明", "𠮷田 太郎", "김민수", "דוד כהן", "สมชาย ใจดี", "राजेश कुमार", "আনিকা", "தமிழ்", "Γιώργος", "Олександр",
     "Հայկ", "გიორგი", "አበበ", "Nguyễn Văn An", "ਸਿੰਘ", "Łukasz", "Ada 😀"],
)  # fmt: skip
async def test_a_name_can_be_read_back(name: str) -> None:
    isolated = f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}"
    read = text_of(await typeset("receipt", said() | {"facts": [("Paid by", isolated)]}, AT))
    letters = "".join(name.split())
    assert (letters[::-1] if "\u0590" <= name[0] <= "\u05ff" else letters) in "".join(read.split()).replace(
        "\u2068", ""
    )


async def test_letters_of_no_font_become_question_marks() -> None:
    for unknown, known in (
        ("\u13a0\u13a1", "??"),
        ("Ada \U00010900", "Ada ?"),
        ("a\x01b", "a?b"),
        ("\u0627\u0351x", "\u0627x"),
    ):
        assert await typeset("receipt", said(unknown), AT) == await typeset("receipt", said(known), AT), unknown


@pytest.mark.parametrize("language", ["en", "de", "ar"])
async def test_no_receipt_loses_the_currency_of_its_amount(language: str) -> None:
    """Whichever a brand may charge in."""
    amounts = [money_in(Locale.parse(language), Money(100, code)) for code in sorted(list_currencies())]
    signs = {letter for amount in amounts for letter in amount if unicodedata.category(letter) == "Sc"}
    lost = await typeset("receipt", said("?"), AT)
    assert [sign for sign in signs if await typeset("receipt", said(sign), AT) == lost] == []
