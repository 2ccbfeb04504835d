"""The patients' door: the host decides the brand, the session decides the patient."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from domain.actors import Patient
from domain.refusals import NotSignedIn
from portals.core.door import PortalFace, TheIdentity, come_in, context_of
from portals.core.i18n import N_
from portals.core.site import NavItem, Site, Visit, visit_of
from usecases.brands import BrandView, brand_of
from usecases.identity.doors import Door

FACE = PortalFace(
    nav=(
        NavItem("/", N_("Home"), "house", "home:read"),
        NavItem("/appointments", N_("Appointments"), "calendar", "appointment:read"),
        NavItem("/documents", N_("Documents"), "files", "document:read"),
        NavItem("/payments", N_("Payments"), "receipt", "payment:read"),
    ),
    account=(
        NavItem("/profile", N_("Profile"), "user-round", "profile:read"),
        NavItem("/consents", N_("Consents"), "file-check", "consent:read"),
        NavItem("/preferences", N_("Messages and language"), "bell", "profile:read"),
    ),
)


async def resolve(request: Request) -> Visit:
    """Only called for hosts of brands: the dispatcher refuses all others."""
    brand = await brand_of(context_of(request), request.url.hostname or "")
    assert brand is not None, "the dispatcher lets no unknown host in"
    request.state.brand = brand
    return await come_in(request, Door("patient", brand.id), site_of(brand), FACE, brand.time_zone)


def site_of(brand: BrandView) -> Site:
    return Site(
        name=brand.name,
        portal="patient",
        hue=brand.hue,
        chroma=brand.chroma,
        radius=brand.radius,
        font=brand.font or "sans",
        locale=brand.locales[0],
        locales=brand.locales,
    )


async def patient_of(identity: TheIdentity) -> Patient:
    if not isinstance(identity.actor, Patient):
        raise NotSignedIn
    return identity.actor


async def the_brand(request: Request) -> BrandView:
    brand: BrandView = request.state.brand
    return brand


async def the_locale(request: Request) -> str:
    return visit_of(request).lang


ThePatient = Annotated[Patient, Depends(patient_of)]
TheBrand = Annotated[BrandView, Depends(the_brand)]
TheLocale = Annotated[str, Depends(the_locale)]
