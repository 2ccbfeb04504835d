"""Redirects after a form, and the one sentence the next page says about it."""

import base64
import binascii
import json
from urllib.parse import urlsplit

from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from portals.core.site import FLASH_COOKIE, Flash, Tone


def see_other(path: str, said: str = "", tone: Tone = "ok") -> RedirectResponse:
    """303 to `path`; the page there says `said` (already translated) once."""
    response = RedirectResponse(path, 303)
    if said:
        value = base64.urlsafe_b64encode(json.dumps([said[:300], tone]).encode()).decode()
        response.set_cookie(FLASH_COOKIE, value, max_age=60, httponly=True, secure=True, samesite="lax", path="/")
    return response


def read_flash(request: Request) -> Flash | None:
    value = request.cookies.get(FLASH_COOKIE)
    if not value:
        return None
    try:
        text, tone = json.loads(base64.urlsafe_b64decode(value))
    except (binascii.Error, ValueError, TypeError):
        return None
    return Flash(str(text), tone if tone in ("", "ok", "warn", "bad", "info") else "")


def forget_flash(request: Request, response: Response) -> None:
    """The sentence has been said, unless a script only fetched this page and will now go to it."""
    fetched = "x-fragment" in request.headers
    stays = urlsplit(request.headers.get("referer", "")).path == request.url.path
    if FLASH_COOKIE in request.cookies and (stays or not fetched):
        response.delete_cookie(FLASH_COOKIE, path="/", secure=True, httponly=True, samesite="lax")
