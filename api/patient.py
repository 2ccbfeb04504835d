"""The patients' JSON door, at `/api` of every brand's host."""

from typing import Annotated

from fastapi import Depends, FastAPI

from api.door import create_door, identity_dependency
from domain.actors import Patient
from domain.refusals import NotSignedIn
from usecases.identity.doors import Identity


def patient_of(identity: Annotated[Identity, Depends(identity_dependency("patient"))]) -> Patient:
    if not isinstance(identity.actor, Patient):
        raise NotSignedIn
    return identity.actor


ThePatient = Annotated[Patient, Depends(patient_of)]


def create() -> FastAPI:
    return create_door("Fourdoors: patients", "patient")
