"""The affiliates' JSON door, at `/api` of their portal's host."""

from typing import Annotated

from fastapi import Depends, FastAPI

from api.door import create_door, identity_dependency
from domain.actors import Affiliate
from domain.refusals import NotSignedIn
from usecases.identity.doors import Identity


def affiliate_of(identity: Annotated[Identity, Depends(identity_dependency("affiliate"))]) -> Affiliate:
    if not isinstance(identity.actor, Affiliate):
        raise NotSignedIn
    return identity.actor


TheAffiliate = Annotated[Affiliate, Depends(affiliate_of)]


def create() -> FastAPI:
    return create_door("Fourdoors: affiliates", "affiliate")
