"""Whom the organizations' JSON door lets in."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from api.door import identity_of
from domain.actors import Operator
from domain.refusals import NotSignedIn


async def operator_of(request: Request) -> Operator:
    actor = identity_of(request).actor
    if not isinstance(actor, Operator):
        raise NotSignedIn
    return actor


async def language_of(request: Request) -> str:
    return identity_of(request).locale


TheOperator = Annotated[Operator, Depends(operator_of)]
TheLanguage = Annotated[str, Depends(language_of)]
