"""The organization portal: its routers in one place."""

from fastapi import FastAPI

from portals.core import account
from portals.core.portal import create_portal
from portals.organization.door import resolve


def create() -> FastAPI:
    return create_portal("organization portal", resolve, account.router)
