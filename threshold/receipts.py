"""A receipt as a document to keep, in the patient's language."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from babel import Locale

from gateways.typesetting import typeset
from threshold.catalogues import LANGUAGES, translations
from threshold.formats import datetime_in, money_in
from usecases.patient.receipts import Receipt


async def receipt_pdf(receipt: Receipt, locale: str) -> bytes:
    """Tagged PDF, in English where the house does not speak `locale`."""
    return await typeset("receipt", _said(receipt, locale if locale in LANGUAGES else "en"), receipt.issued_at)


def _said(receipt: Receipt, locale: str) -> dict[str, Any]:
    _: Callable[[str], str] = translations(locale).ugettext
    language = Locale.parse(locale, sep="-")
    refund = receipt.payment.kind == "refund"
    return {
        "lang": language.language,
        "region": language.territory,
        "colour": receipt.brand_colour,
        "brand": receipt.brand,
        "title": _("Refund receipt") if refund else _("Receipt"),
        "seller": _isolated(receipt.seller),
        "number": _("Number %(number)s") % {"number": _isolated(receipt.number)},
        "facts": [
            (_("Amount"), money_in(language, receipt.payment.amount)),
            (_("Paid back on") if refund else _("Paid on"), _when(receipt.issued_at, receipt, language)),
            (_("What"), _isolated(receipt.payment.title)),
            (_("Session of"), _when(receipt.payment.starts_at, receipt, language)),
            (_("Specialist"), _isolated(receipt.payment.specialist_name)),
            (_("Paid to") if refund else _("Paid by"), _isolated(receipt.payer)),
            (_("Seller"), f"{_isolated(receipt.seller)} ({_isolated(receipt.brand)})"),
            (_("Questions"), _isolated(receipt.support_email)),
        ],
    }


def _when(at: datetime, receipt: Receipt, language: Locale) -> str:
    return datetime_in(language, at, receipt.time_zone, "long")


def _isolated(text: str) -> str:
    """What somebody typed runs in its own direction and turns nothing else round."""
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"
