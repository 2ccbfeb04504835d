"""The frame of every e-mail: the brand's name and colour, one text, one button. Nothing is fetched when it is read."""

import re
from html import escape

from babel import Locale
from mjml import mjml2html

_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
LABEL = {"en": "Open", "de": "Öffnen", "ar": "فتح"}
"""The button, by language."""

LAYOUT = """
<mjml lang="{lang}" dir="{dir}"><mj-head><mj-attributes>
  <mj-all font-family="Inter, Segoe UI, Roboto, Noto Sans, Arial, sans-serif" />
  <mj-text font-size="16px" line-height="1.55" color="#1d2530" align="{align}" />
</mj-attributes></mj-head>
<mj-body background-color="#f4f6f8" width="560px">
  <mj-section padding="28px 16px 8px"><mj-column>
    <mj-text font-weight="700" font-size="18px">{brand}</mj-text></mj-column></mj-section>
  <mj-section background-color="#ffffff" border-radius="12px" padding="20px 12px"><mj-column>
    {paragraphs}{button}</mj-column></mj-section>
  <mj-section padding="12px 16px 32px"><mj-column>
    <mj-text font-size="13px" color="#55606d">{brand}</mj-text></mj-column></mj-section>
</mj-body></mjml>
"""
BUTTON = """<mj-button href="{link}" align="{align}" background-color="{colour}" color="#ffffff" border-radius="8px"
  font-size="16px" font-weight="600" inner-padding="12px 20px">{label}</mj-button>"""


def mail_html(brand: str, colour: str, locale: str, body: str, link: str, label: str) -> str:
    """`body` is plain text with blank lines between paragraphs; a paragraph that is only `link` becomes the button."""
    right_to_left = Locale.parse(locale.replace("-", "_")).text_direction == "rtl"
    align = "right" if right_to_left else "left"
    paragraphs = "".join(
        f"<mj-text>{written(part)}</mj-text>" for part in body.split("\n\n") if part.strip() and part.strip() != link
    )
    button = BUTTON.format(link=written(link), align=align, colour=colour, label=written(label)) if link else ""
    source = LAYOUT.format(
        lang=locale,
        dir="rtl" if right_to_left else "ltr",
        align=align,
        brand=written(brand),
        paragraphs=paragraphs,
        button=button,
    )
    return str(mjml2html(source, fonts={}))


def written(text: str) -> str:
    """As text of the layout, without the characters that no XML can hold: one of them would stop the whole mail."""
    return escape(_NO_XML.sub("", text))
