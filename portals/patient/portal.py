"""The patient portal: its routers in one place."""

from fastapi import FastAPI

from portals.core import account, seats
from portals.core.portal import create_portal
from portals.patient import (
    appointments,
    consents,
    documents,
    home,
    paying,
    payments,
    profile,
    questionnaires,
    registration,
    room,
    specialists,
)
from portals.patient.door import resolve


def create() -> FastAPI:
    return create_portal(
        "patient portal",
        resolve,
        account.router,
        seats.router,
        registration.router,
        home.router,
        consents.router,
        questionnaires.router,
        specialists.router,
        paying.router,
        payments.router,
        profile.router,
        appointments.router,
        documents.router,
        room.router,
        uploads=frozenset({documents.ADDRESS}),
    )
