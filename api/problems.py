"""How every JSON door says no: problem documents (RFC 9457)."""

from typing import Any, cast

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request

from domain.refusals import DocumentInvalid, InvalidInput, Kind, NotFound, Refusal
from usecases.views import View

STATUS: dict[Kind, int] = {
    "invalid": 422,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "gone": 410,
    "too_many": 429,
    "unavailable": 503,
}


class Problem(View):
    """RFC 9457; `type` names the refusal, `detail` says what to do next."""

    type: str
    title: str
    status: int
    detail: str
    errors: dict[str, str] | list[str] | None = None


def documented() -> dict[int | str, dict[str, Any]]:
    return {status: {"model": Problem} for status in sorted(set(STATUS.values()))}


def problem(refusal: Refusal) -> JSONResponse:
    errors = refusal.errors if isinstance(refusal, InvalidInput | DocumentInvalid) else None
    body = Problem(
        type=type(refusal).__name__,
        title=refusal.title,
        status=STATUS[refusal.kind],
        detail=refusal.next_action,
        errors=errors,
    )
    headers = {"Cache-Control": "no-store"}
    if refusal.kind == "unauthenticated":
        headers["WWW-Authenticate"] = "Bearer"
    if refusal.kind == "unavailable":
        headers["Retry-After"] = "5"
    shown = body.model_dump(exclude_none=True)
    return JSONResponse(shown, body.status, headers, media_type="application/problem+json")


def answer_refusals(app: FastAPI) -> None:
    @app.exception_handler(Refusal)
    async def refused(_: Request, refusal: Exception) -> JSONResponse:
        return problem(cast(Refusal, refusal))

    @app.exception_handler(RequestValidationError)
    async def malformed(_: Request, error: Exception) -> JSONResponse:
        found = cast(RequestValidationError, error).errors()
        if all(place["loc"][0] == "path" for place in found):
            return problem(NotFound())
        return problem(InvalidInput({".".join(map(str, e["loc"][1:])) or "body": e["msg"] for e in found}))

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: Exception) -> JSONResponse:
        known = cast(HTTPException, error)
        body = Problem(type="about:blank", title=str(known.detail), status=known.status_code, detail="See /docs.")
        shown = body.model_dump(exclude_none=True)
        return JSONResponse(shown, known.status_code, known.headers, media_type="application/problem+json")
