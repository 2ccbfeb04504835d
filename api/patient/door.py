"""Who asks, and in which language the answer is."""

from typing import Annotated

from fastapi import Depends, Header
from starlette.requests import Request

from api.door import context_of, identity_of
from domain.actors import Patient
from domain.refusals import NotFound, NotSignedIn
from domain.words import best
from usecases.brands import brand_of


async def patient_of(request: Request) -> Patient:
    actor = identity_of(request).actor
    if not isinstance(actor, Patient):
        raise NotSignedIn
    return actor


async def locale_of(request: Request, accept_language: Annotated[str, Header()] = "") -> str:
    """One of the brand's languages: the first one asked for, else the patient's own."""
    own = identity_of(request).locale
    brand = await brand_of(context_of(request), request.url.hostname or "")
    if brand is None:
        raise NotFound
    asked = accept_language.split(",")[0].split(";")[0].strip()
    return best(brand.locales, asked or own, own, brand.locales[0]) or "en"


ThePatient = Annotated[Patient, Depends(patient_of)]
TheLocale = Annotated[str, Depends(locale_of)]
