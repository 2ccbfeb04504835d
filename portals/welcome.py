"""The demo's front page: the four doors, and who may try them. Never served in production."""

from collections.abc import Callable

from fastapi import APIRouter, FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from portals.core.door import context_of
from portals.core.language import language_of
from portals.core.portal import create_portal, visitor_id
from portals.core.rendering import page
from portals.core.site import Site, Visit
from usecases.welcome import Welcome

SITE = Site(name="Fourdoors", portal="welcome", hue=250, mark="door-open")
Read = Callable[[Request], Welcome]


async def resolve(request: Request) -> Visit:
    key = context_of(request).secret_key
    return Visit(SITE, visitor_id(request), key, lang=language_of(request, SITE.locales, SITE.locale))


def create(read: Read) -> FastAPI:
    router = APIRouter()

    @router.get("/")
    async def front_page(request: Request) -> Response:
        return page(request, "welcome/front.html", view=read(request))

    return create_portal("welcome", resolve, router)
