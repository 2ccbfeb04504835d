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
        NavItem("/", N_("Overview"), "layout-dashboard", "overview:read"),
        NavItem("/tasks", N_("Tasks"), "list-checks", "task:read"),
        NavItem("/journeys", N_("Journeys"), "route", "journey:read"),
        NavItem("/appointments", N_("Appointments"), "calendar-days", "appointment:read"),
        NavItem("/patients", N_("Patients"), "users-round", "patient:read"),
        NavItem("/people", N_("Team"), "stethoscope", "specialist:read"),
        NavItem("/messages", N_("Messages"), "mail", "message:read"),
        NavItem("/payments", N_("Payments"), "receipt", "payment:read"),
        NavItem("/definitions", N_("Journey plans"), "waypoints", "definition:read"),
        NavItem("/forms", N_("Questionnaires"), "clipboard-list", "form:read"),
    ),
    account=(
        NavItem("/roles", N_("Roles"), "key-round", "staff:read"),
        NavItem("/access", N_("Who may do what"), "table-properties", "access:read"),
        NavItem("/audit", N_("Audit"), "scroll-text", "audit:read"),
        NavItem("/glass", N_("Opened records"), "siren", "glass:review"),
    ),
)


async def resolve(request: Request) -> Visit:
    visit = await come_in(request, Door("organization"), SITE, FACE, "UTC")
    identity: Identity | None = request.state.identity
    if identity is None or not isinstance(identity.actor, Operator):
        return visit
    acted_for = next(seat.name for seat in identity.seats if seat.id == identity.seat_id)
    return replace(visit, site=replace(SITE, name=acted_for))


async def operator_of(identity: TheIdentity) -> Operator:
    if not isinstance(identity.actor, Operator):
        raise NotSignedIn
    return identity.actor


async def language_of_reader(request: Request) -> str:
    return visit_of(request).lang


TheOperator = Annotated[Operator, Depends(operator_of)]
TheLanguage = Annotated[str, Depends(language_of_reader)]
