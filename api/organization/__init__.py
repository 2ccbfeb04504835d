"""The organizations' JSON door, at `/api` of their portal's host."""

from fastapi import FastAPI

from api.door import create_door
from api.organization import audit, care, oversight, people, plans


def create() -> FastAPI:
    return create_door(
        "Fourdoors: organizations",
        "organization",
        care.router,
        people.router,
        plans.router,
        oversight.router,
        audit.router,
    )
