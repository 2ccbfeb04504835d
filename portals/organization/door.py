"""The door of the organization portal: one host for all organizations, the session decides who it is."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from domain.actors import Operator
from domain.refusals import NotSignedIn
from portals.core.door import PortalFace, TheIdentity, come_in
from portals.core.i18n import N_
from portals.core.site import NavItem, Site, Visit
from usecases.identity.doors import Door

SITE = Site(name="Fourdoors", portal="organization", hue=220)
FACE = PortalFace(nav=(NavItem("/", N_("Overview"), "layout-dashboard"), NavItem("/journeys", N_("Journeys"), "route")))


async def resolve(request: Request) -> Visit:
    return await come_in(request, Door("organization"), SITE, FACE, "UTC")


def operator_of(identity: TheIdentity) -> Operator:
    if not isinstance(identity.actor, Operator):
        raise NotSignedIn
    return identity.actor


TheOperator = Annotated[Operator, Depends(operator_of)]
