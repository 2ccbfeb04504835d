"""The organizations' JSON door, at `/api` of their portal's host."""

from typing import Annotated

from fastapi import Depends, FastAPI

from api.door import create_door, identity_dependency
from domain.actors import Operator
from domain.refusals import NotSignedIn
from usecases.identity.doors import Identity


def organization_of(identity: Annotated[Identity, Depends(identity_dependency("organization"))]) -> Operator:
    if not isinstance(identity.actor, Operator):
        raise NotSignedIn
    return identity.actor


TheOperator = Annotated[Operator, Depends(organization_of)]


def create() -> FastAPI:
    return create_door("Fourdoors: organizations", "organization")
