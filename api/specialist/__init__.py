"""The specialists' JSON door, at `/api` of their portal's host."""

from fastapi import FastAPI

from api.door import create_door
from api.room import room_routes
from api.specialist import calendar, notes, people, sessions
from api.specialist.door import specialist_of


def create() -> FastAPI:
    return create_door(
        "Fourdoors: specialists",
        "specialist",
        sessions.router,
        room_routes(specialist_of),
        notes.router,
        calendar.router,
        people.router,
    )
