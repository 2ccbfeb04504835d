"""The organization portal: its routers in one place."""

from fastapi import FastAPI

from portals.core import account, listing, seats
from portals.core.portal import create_portal
from portals.organization import (
    appointments,
    audit,
    definitions,
    glass,
    journeys,
    news,
    oversight,
    overview,
    patients,
    roles,
    tasks,
    team,
)
from portals.organization.door import resolve


def create() -> FastAPI:
    return create_portal(
        "organization portal",
        resolve,
        account.router,
        seats.router,
        listing.router,
        overview.router,
        news.router,
        tasks.router,
        journeys.router,
        appointments.router,
        patients.router,
        team.router,
        roles.router,
        oversight.router,
        audit.router,
        glass.router,
        definitions.router,
    )
