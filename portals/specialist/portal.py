"""The specialist portal: its routers in one place."""

from fastapi import FastAPI

from portals.core import account, listing, seats
from portals.core.portal import create_portal
from portals.specialist import appointments, documents, notes, patients, profile, room, today, week
from portals.specialist.door import resolve


def create() -> FastAPI:
    routers = (today, appointments, room, notes, week, patients, documents, profile)
    own = (account, seats, listing, *routers)
    return create_portal("specialist portal", resolve, *(each.router for each in own))
