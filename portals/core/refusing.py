"""How a portal says no: the mapping from a refusal to an answer, and the pages for what is not there or broke."""

from typing import cast
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import Request

from domain.refusals import (
    InvalidInput,
    NotFound,
    Refusal,
    SecondFactorNeeded,
    SignedOut,
    StepUpNeeded,
    StillWorking,
    TooLarge,
    WrongMethod,
)
from portals.core.i18n import N_
from portals.core.refusal_view import refusal_view
from portals.core.rendering import page
from portals.core.site import visit_of
from portals.core.way_back import way_back
from threshold.statuses import STATUS, headers_of
from usecases.context import DatabaseAway


class Broken(Refusal):
    title = N_("Something went wrong on our side.")
    next_action = N_("It is not your fault, and we have been told. Wait a moment and try again.")


def refuse(request: Request, refusal: Refusal) -> Response:
    """The answer to a refusal no page has caught: JSON when asked for, the way to sign in, step up or enrol, or why.

    Nobody reads the page a stream would be led to. Whoever has typed something is told before they are led anywhere.
    """
    if wants_json(request):
        return refuse_json(refusal, STATUS[refusal.kind])
    if wants_stream(request):
        return Response(status_code=STATUS[refusal.kind], headers=headers_of(refusal))
    if isinstance(refusal, StepUpNeeded):
        return RedirectResponse(f"/confirm-it-is-you?next={quote(way_back(request), safe='/')}", 303)
    if isinstance(refusal, SecondFactorNeeded):
        return RedirectResponse("/security", 303)
    visit = visit_of(request)
    if isinstance(refusal, SignedOut):
        return page(request, "refusal.html", refusal=refusal)
    if refusal.kind == "unauthenticated" and request.url.path != visit.site.sign_in:
        wanted = quote(way_back(request), safe="/?=")
        return RedirectResponse(f"{visit.site.sign_in}?next={wanted}", 303)
    return page(request, "refusal.html", refusal=refusal)


def refuse_json(refusal: Refusal, status: int) -> JSONResponse:
    view = refusal_view(refusal)
    said = {"title": view.title, "next_action": view.next_action, "errors": view.errors}
    return JSONResponse(said, status, headers={"Cache-Control": "no-store"} | headers_of(refusal))


def wants_json(request: Request) -> bool:
    return request.headers.get("accept", "").startswith("application/json")


def wants_stream(request: Request) -> bool:
    return request.headers.get("accept", "").startswith("text/event-stream")


def add_refusal_handlers(app: FastAPI) -> None:
    """Give `app` its answers to refusals, unknown addresses, wrong methods, malformed input and bugs."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, refusal: Exception) -> Response:
        return refuse(request, cast(Refusal, refusal))

    @app.exception_handler(DatabaseAway)
    async def away(request: Request, error: Exception) -> Response:
        return refuse(request, StillWorking())

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: Exception) -> Response:
        places = [place["loc"] for place in cast(RequestValidationError, error).errors()]
        if all(loc[0] == "path" for loc in places):
            return refuse(request, NotFound())
        names = (str(loc[-1]) for loc in places)
        return refuse(request, InvalidInput(dict.fromkeys(names, N_("Enter this in the expected form."))))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: Exception) -> Response:
        known = cast(HTTPException, error)
        if known.status_code < 400:
            return Response(status_code=known.status_code, headers=known.headers)
        said = {404: NotFound, 405: WrongMethod, 413: TooLarge}.get(known.status_code, Refusal)
        return answer(request, said(), known.status_code)

    @app.exception_handler(Exception)
    async def broke(request: Request, error: Exception) -> Response:
        return answer(request, Broken(), 500)


def answer(request: Request, refusal: Refusal, status: int) -> Response:
    """`refusal` under a status that is HTTP's own and no rule's."""
    if wants_json(request):
        return refuse_json(refusal, status)
    said = page(request, "refusal.html", refusal=refusal)
    said.status_code = status
    return said
