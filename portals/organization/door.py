"""The door of the organization portal: one host for all organizations, the session decides who it is."""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from domain.actors import Operator
from domain.refusals import NotSignedIn
from portals.core.door import PortalFace, TheIdentity, come_in
from portals.core.i18n import N_
from portals.core.site import NavItem, Site, Visit, visit_of
from usecases.identity.doors import Door, Identity

SITE = Site(name="Fourdoors", portal="organization", hue=250, chroma=0.11, mark="door-open")
FACE = PortalFace(
    nav=(
        NavItem("/", N_("Overview"), "layout-dashboard"),
        NavItem("/tasks", N_("Tasks"), "list-checks"),
        NavItem("/journeys", N_("Journeys"), "route"),
        NavItem("/appointments", N_("Appointments"), "calendar-days"),
        NavItem("/patients", N_("Patients"), "users-round"),
        NavItem("/people", N_("Team"), "stethoscope"),
        NavItem("/messages", N_("Messages"), "mail"),
        NavItem("/payments", N_("Payments"), "receipt"),
        NavItem("/definitions", N_("Journey plans"), "waypoints"),
        NavItem("/forms", N_("Questionnaires"), "clipboard-list"),
    )
)
SEATS = NavItem("/seats", N_("Other organizations"), "repeat-2")


async def resolve(request: Request) -> Visit:
    visit = await come_in(request, Door("organization"), SITE, FACE, "UTC")
    identity: Identity | None = request.state.identity
    if identity is None or not isinstance(identity.actor, Operator):
        return visit
    names = {seat.organization_id: seat.name for seat in identity.seats}
    site = replace(SITE, name=names[identity.actor.organization_id])
    return replace(visit, site=site, account=(SEATS,) if len(names) > 1 else ())


def operator_of(identity: TheIdentity) -> Operator:
    if not isinstance(identity.actor, Operator):
        raise NotSignedIn
    return identity.actor


def language_of_reader(request: Request) -> str:
    return visit_of(request).lang


TheOperator = Annotated[Operator, Depends(operator_of)]
TheLanguage = Annotated[str, Depends(language_of_reader)]
