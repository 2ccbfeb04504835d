"""How every JSON door says no: problem documents (RFC 9457), in the reader's language."""

from typing import Any, cast

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.words import language_of, said
from domain.refusals import DocumentInvalid, InvalidInput, NotFound, Refusal, TooLarge
from threshold.statuses import STATUS, headers_of
from usecases.views import View

BY_HTTP: dict[int, type[Refusal]] = {404: NotFound, 413: TooLarge}
HTTP_SAYS = {400: "The body cannot be read", 405: "Method Not Allowed"}


class Problem(View):
    """RFC 9457; `type` names the refusal, `detail` says what to do next."""

    type: str
    title: str
    status: int
    detail: str
    errors: dict[str, str] | list[str] | None = None


def documented() -> dict[int | str, dict[str, Any]]:
    """What any endpoint may answer besides its own."""
    shape = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    said: dict[str, Any] = {"model": Problem, "description": "Refused", "content": shape}
    return dict.fromkeys(sorted({400, 405, *STATUS.values()}), said)


def problem(request: Request, refusal: Refusal) -> JSONResponse:
    lang, details = language_of(request), getattr(refusal, "details", {})
    body = Problem(
        type=type(refusal).__name__,
        title=said(refusal.title, lang, details),
        status=STATUS[refusal.kind],
        detail=said(refusal.next_action, lang, details),
        errors=_errors(refusal, lang),
    )
    headers = {"Cache-Control": "no-store", "Content-Language": lang, "Vary": "Accept-Language"} | headers_of(refusal)
    if refusal.kind == "unauthenticated":
        headers["WWW-Authenticate"] = "Bearer"
    return _answer(body, headers)


def _errors(refusal: Refusal, lang: str) -> dict[str, str] | list[str] | None:
    if isinstance(refusal, InvalidInput):
        return {name: said(text, lang, {}) for name, text in refusal.errors.items()}
    return refusal.errors if isinstance(refusal, DocumentInvalid) else None


def _answer(body: Problem, headers: dict[str, str]) -> JSONResponse:
    shown = body.model_dump(exclude_none=True)
    return JSONResponse(shown, body.status, headers, media_type="application/problem+json")


def answer_refusals(app: FastAPI) -> None:
    @app.exception_handler(Refusal)
    async def refused(request: Request, refusal: Exception) -> JSONResponse:
        return problem(request, cast(Refusal, refusal))

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: Exception) -> JSONResponse:
        found = cast(RequestValidationError, error).errors()
        if all(place["loc"][0] == "path" for place in found):
            return problem(request, NotFound())
        named = {".".join(map(str, e["loc"][1:])) or "body": e["msg"] for e in found}
        return problem(request, InvalidInput(named))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: Exception) -> JSONResponse:
        known = cast(HTTPException, error)
        if refusal := BY_HTTP.get(known.status_code):
            return problem(request, refusal())
        title = HTTP_SAYS.get(known.status_code, str(known.detail))
        body = Problem(type="about:blank", title=title, status=known.status_code, detail="See openapi.json.")
        return _answer(body, dict(known.headers or {}))
