"""The patients' JSON door, at `/api` of every brand's host."""

from fastapi import FastAPI

from api.door import create_door
from api.patient import appointments, booking, documents, journeys, payments, person
from api.patient.door import patient_of
from api.room import room_routes


def create() -> FastAPI:
    return create_door(
        "Fourdoors: patients",
        "patient",
        journeys.router,
        person.router,
        booking.router,
        appointments.router,
        payments.router,
        documents.router,
        room_routes(patient_of),
        uploads=frozenset({"/api/documents"}),
    )
