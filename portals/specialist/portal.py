"""The specialist portal: its routers in one place."""

from fastapi import FastAPI

from portals.core import account
from portals.core.portal import create_portal
from portals.specialist.door import resolve


def create() -> FastAPI:
    return create_portal("specialist portal", resolve, account.router)
