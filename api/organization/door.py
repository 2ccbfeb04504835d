"""Whom the organizations' JSON door lets in."""

from typing import Annotated

from fastapi import Depends

from api.door import TheIdentity
from domain.actors import Operator
from domain.refusals import NotSignedIn


async def operator_of(identity: TheIdentity) -> Operator:
    if not isinstance(identity.actor, Operator):
        raise NotSignedIn
    return identity.actor


async def language_of(identity: TheIdentity) -> str:
    return identity.locale


TheOperator = Annotated[Operator, Depends(operator_of)]
TheLanguage = Annotated[str, Depends(language_of)]
