"""The specialists' JSON door, at `/api` of their portal's host."""

from typing import Annotated

from fastapi import Depends, FastAPI

from api.door import create_door, identity_dependency
from domain.actors import Specialist
from domain.refusals import NotSignedIn
from usecases.identity.doors import Identity


def specialist_of(identity: Annotated[Identity, Depends(identity_dependency("specialist"))]) -> Specialist:
    if not isinstance(identity.actor, Specialist):
        raise NotSignedIn
    return identity.actor


TheSpecialist = Annotated[Specialist, Depends(specialist_of)]


def create() -> FastAPI:
    return create_door("Fourdoors: specialists", "specialist")
