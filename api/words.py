"""In which language a JSON door speaks: what the request accepts, else what the person reads, else English."""

from starlette.requests import Request

from threshold.catalogues import LANGUAGES, translations
from threshold.negotiation import negotiate


def language_of(request: Request) -> str:
    known = getattr(request.state, "locale", "en")
    default = negotiate(known, None, LANGUAGES, "en")
    return negotiate(None, request.headers.get("accept-language"), LANGUAGES, default)


def said(message: str, lang: str, details: dict[str, str]) -> str:
    """`message`, an English message id, in `lang`, with its placeholders filled."""
    text: str = translations(lang).ugettext(message) if message else ""
    return text % details if details else text
