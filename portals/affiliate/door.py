"""The door of the affiliate portal: one host for all organizations, the session decides who it is."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from domain.actors import Affiliate
from domain.refusals import NotSignedIn
from portals.core.door import PortalFace, TheIdentity, come_in
from portals.core.i18n import N_
from portals.core.site import NavItem, Site, Visit
from usecases.identity.doors import Door

SITE = Site(name="Fourdoors", portal="affiliate", hue=300, mark="handshake")
FACE = PortalFace(nav=(NavItem("/", N_("Home"), "house", "home:read"),))


async def resolve(request: Request) -> Visit:
    return await come_in(request, Door("affiliate"), SITE, FACE, "UTC")


async def affiliate_of(identity: TheIdentity) -> Affiliate:
    if not isinstance(identity.actor, Affiliate):
        raise NotSignedIn
    return identity.actor


TheAffiliate = Annotated[Affiliate, Depends(affiliate_of)]
