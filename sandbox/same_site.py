"""Keeps other web sites in the same browser from pressing the sandbox's buttons."""

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse
from starlette.middleware.base import RequestResponseEndpoint

READING = ("GET", "HEAD")
OWN = ("same-origin", "same-site", "none")


async def same_site_only(request: Request, answer: RequestResponseEndpoint) -> Response:
    """Programs send no Sec-Fetch-Site and pass; browsers always say where a form came from."""
    came_from = request.headers.get("sec-fetch-site", "none")
    if request.method not in READING and came_from not in OWN:
        return PlainTextResponse("This form belongs to another site.", 403)
    return await answer(request)
