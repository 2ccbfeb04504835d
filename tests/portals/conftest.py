"""The styleguide in every portal's character, and a room whose signals are kept in memory."""

from collections.abc import AsyncIterator

import pytest
from starlette.requests import Request

from portals.core import styleguide
from portals.core.language import language_of
from portals.core.portal import create_portal, visitor_id
from portals.core.site import NavItem, Site, Visit
from tests.portals import news, oddities, signals
from tests.portals.serving import served

NAV = (
    NavItem("/styleguide", "Welcome", "house"),
    NavItem("/styleguide/week", "Week", "calendar-range"),
    NavItem("/styleguide/room", "Session", "video"),
    NavItem("/messages", "Messages", "message-circle"),
)
SITES = {
    "aurora.localhost": Site("Aurora Health", "patient"),
    "marigold.localhost": Site("Marigold Therapy", "patient", hue=45, chroma=0.12, radius="1rem", locale="de"),
    "sana.localhost": Site("سنا للصحة", "patient", hue=165, chroma=0.11, radius="0.3rem", locale="ar", font="humanist"),
    "specialists.localhost": Site("Fourdoors", "specialist", hue=200, mark="stethoscope"),
    "organizations.localhost": Site("Fourdoors", "organization", hue=270, chroma=0.1, mark="door-open"),
    "partners.localhost": Site("Fourdoors", "affiliate", hue=110, chroma=0.16, font="serif"),
}


async def resolve(request: Request) -> Visit:
    site = SITES[request.url.hostname or ""]
    visitor = "visitor" in request.query_params
    return Visit(
        site,
        session_id=visitor_id(request) if visitor else "s" * 32,
        form_key=b"k" * 32,
        lang=language_of(request, site.locales, site.locale),
        zone="Europe/Berlin",
        user=None if visitor else "Noor Haddad",
        nav=NAV,
        account=(NavItem("/profile", "Your profile", "user-round"),),
    )


@pytest.fixture(scope="session")
async def port() -> AsyncIterator[int]:
    app = create_portal("styleguide", resolve, styleguide.router, oddities.router, news.router, signals.router)
    async with served(app) as number:
        yield number
