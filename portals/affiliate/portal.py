"""The affiliate portal: its routers in one place."""

from fastapi import FastAPI

from portals.affiliate import home
from portals.affiliate.door import resolve
from portals.core import account, seats
from portals.core.portal import create_portal


def create() -> FastAPI:
    return create_portal("affiliate portal", resolve, account.router, seats.router, home.router)
