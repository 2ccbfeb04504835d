"""Who asks, and in which language the answer is."""

from typing import Annotated

from fastapi import Depends, Header
from starlette.requests import Request

from api.door import identity_of
from domain.actors import Specialist
from domain.refusals import NotSignedIn
from domain.words import best

LOCALES = ("en", "de", "ar")


async def specialist_of(request: Request) -> Specialist:
    actor = identity_of(request).actor
    if not isinstance(actor, Specialist):
        raise NotSignedIn
    return actor


async def locale_of(request: Request, accept_language: Annotated[str, Header()] = "") -> str:
    """The first language asked for, else the specialist's own."""
    own = identity_of(request).locale
    asked = accept_language.split(",")[0].split(";")[0].strip()
    return best(LOCALES, asked or own, own) or "en"


TheSpecialist = Annotated[Specialist, Depends(specialist_of)]
TheLocale = Annotated[str, Depends(locale_of)]
