"""How every JSON door says no: problem documents (RFC 9457), in the reader's language."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.words import language_of, said
from domain.mistakes import spelled_out
from domain.refusals import (
    DocumentInvalid,
    InvalidInput,
    NotFound,
    Refusal,
    StillWorking,
    TooLarge,
    Unreadable,
    WrongMethod,
)
from domain.refusals.sentence import told
from threshold.statuses import STATUS, headers_of
from usecases.context import DatabaseAway
from usecases.views import View

Reader = Callable[[Request], Awaitable[None]]
"""Finds out who reads the answer where no guard has run yet."""

BY_HTTP: dict[int, type[Refusal]] = {400: Unreadable, 404: NotFound, 405: WrongMethod, 413: TooLarge}
TO_MACHINES: dict[type[Refusal], str] = {
    InvalidInput: "Correct the fields that errors names, then send it again.",
    WrongMethod: "Use a method that openapi.json lists for this address.",
}
"""What to do next, where pages speak of forms and buttons."""


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


def problem(request: Request, refusal: Refusal, status: int | None = None) -> JSONResponse:
    """`status` where it is HTTP's own and no rule's."""
    lang, details = language_of(request), getattr(refusal, "details", {})
    body = Problem(
        type=type(refusal).__name__,
        title=said(refusal.title, lang, details),
        status=status or STATUS[refusal.kind],
        detail=said(TO_MACHINES.get(type(refusal), refusal.next_action), lang, details),
        errors=_errors(refusal, lang),
    )
    headers = {"Cache-Control": "no-store", "Content-Language": lang, "Vary": "Accept-Language"} | headers_of(refusal)
    if refusal.kind == "unauthenticated":
        headers["WWW-Authenticate"] = "Bearer"
    return _answer(body, headers)


def _errors(refusal: Refusal, lang: str) -> dict[str, str] | list[str] | None:
    def in_words(error: str) -> str:
        return told(error, lambda text: said(text, lang, {}))

    if isinstance(refusal, InvalidInput):
        return {name: in_words(text) for name, text in refusal.errors.items()}
    return [in_words(error) for error in refusal.errors] if isinstance(refusal, DocumentInvalid) else None


def _answer(body: Problem, headers: dict[str, str]) -> JSONResponse:
    shown = body.model_dump(exclude_none=True)
    return JSONResponse(shown, body.status, headers, media_type="application/problem+json")


def answer_refusals(app: FastAPI, reader: Reader | None = None) -> None:
    """Give `app` its answers to refusals and to what the framework refuses by itself, in the `reader`'s language."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, refusal: Exception) -> JSONResponse:
        return problem(request, cast(Refusal, refusal))

    @app.exception_handler(DatabaseAway)
    async def away(request: Request, error: Exception) -> JSONResponse:
        return problem(request, StillWorking())

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: Exception) -> JSONResponse:
        if reader:
            await reader(request)
        return problem(request, _malformed(cast(RequestValidationError, error)))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: Exception) -> JSONResponse:
        known = cast(HTTPException, error)
        if reader:
            await reader(request)
        answer = problem(request, BY_HTTP.get(known.status_code, Refusal)(), known.status_code)
        answer.headers.update(known.headers or {})
        return answer


def _malformed(error: RequestValidationError) -> Refusal:
    found = error.errors()
    if all(each["loc"][0] == "path" for each in found):
        return NotFound()
    if any(each["type"] == "json_invalid" for each in found):
        return Unreadable()
    named: dict[str, str] = {}
    for each in found:
        named.setdefault(_place(each["loc"], error.body), spelled_out(each))
    return InvalidInput(named)


def _place(loc: Sequence[str | int], body: Any) -> str:
    """Where a field stands, "answers.phq9.1": without what pydantic adds about the types it has tried."""
    if loc[0] != "body":
        return ".".join(map(str, loc[1:]))
    parts: list[str] = []
    for part in loc[1:]:
        if isinstance(body, dict):
            body = body.get(part)
        elif isinstance(body, list) and isinstance(part, int):
            body = body[part] if part < len(body) else None
        else:
            break
        parts.append(str(part))
    return ".".join(parts) or "body"
