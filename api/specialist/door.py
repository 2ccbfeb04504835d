"""Who asks, and in which language the answer is."""

from typing import Annotated

from fastapi import Depends, Header

from api.door import TheIdentity
from domain.actors import Specialist
from domain.refusals import NotSignedIn
from domain.words import best

LOCALES = ("en", "de", "ar")


async def specialist_of(identity: TheIdentity) -> Specialist:
    if not isinstance(identity.actor, Specialist):
        raise NotSignedIn
    return identity.actor


async def locale_of(identity: TheIdentity, accept_language: Annotated[str, Header()] = "") -> str:
    """The first language asked for, else the specialist's own."""
    asked = accept_language.split(",")[0].split(";")[0].strip()
    return best(LOCALES, asked or identity.locale, identity.locale) or "en"


TheSpecialist = Annotated[Specialist, Depends(specialist_of)]
TheLocale = Annotated[str, Depends(locale_of)]
