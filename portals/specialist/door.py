"""The door of the specialist portal: one host for all organizations, the session decides who it is."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from domain.actors import Specialist
from domain.refusals import NotSignedIn
from portals.core.door import PortalFace, TheIdentity, come_in
from portals.core.i18n import N_
from portals.core.site import NavItem, Site, Visit, visit_of
from usecases.identity.doors import Door

SITE = Site(name="Fourdoors", portal="specialist", hue=255)
FACE = PortalFace(
    nav=(
        NavItem("/", N_("Today"), "sun", "day:read"),
        NavItem("/week", N_("Week"), "calendar-days", "day:read"),
        NavItem("/patients", N_("Patients"), "users-round", "caseload:read"),
    ),
    account=(NavItem("/profile", N_("Profile"), "user-round", "profile:read"),),
)


async def resolve(request: Request) -> Visit:
    return await come_in(request, Door("specialist"), SITE, FACE, "UTC")


async def specialist_of(identity: TheIdentity) -> Specialist:
    if not isinstance(identity.actor, Specialist):
        raise NotSignedIn
    return identity.actor


async def locale_of(request: Request) -> str:
    return visit_of(request).lang


TheSpecialist = Annotated[Specialist, Depends(specialist_of)]
TheLocale = Annotated[str, Depends(locale_of)]
