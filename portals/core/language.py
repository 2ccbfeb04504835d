"""The language switch, on every page: `POST /language` keeps the choice in a cookie and returns to the page."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response
from starlette.requests import Request

from portals.core.flash import see_other
from portals.core.site import LANGUAGE_COOKIE, visit_of
from portals.core.way_back import same_site
from threshold.negotiation import negotiate

router = APIRouter()
YEAR = 365 * 24 * 3600


def language_of(request: Request, offered: Sequence[str], default: str, preferred: str | None = None) -> str:
    """What this visitor reads: the switch's cookie, the profile's `preferred`, the browser's wish, the default."""
    choice = request.cookies.get(LANGUAGE_COOKIE) or preferred
    return negotiate(choice, request.headers.get("accept-language"), offered, default)


@router.post("/language")
async def choose_language(
    request: Request, language: Annotated[str, Form()], next: Annotated[str, Form()] = "/"
) -> Response:
    response = see_other(same_site(next))
    if language in visit_of(request).site.locales:
        response.set_cookie(
            LANGUAGE_COOKIE, language, max_age=YEAR, httponly=True, secure=True, samesite="lax", path="/"
        )
    return response
