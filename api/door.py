"""What every JSON door has in common: bearer tokens in, problem documents (RFC 9457) out."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException
from starlette.requests import Request

from domain.refusals import DocumentInvalid, InvalidInput, Kind, NotFound, NotSignedIn, Refusal
from usecases.brands import brand_of
from usecases.context import Context
from usecases.identity.doors import Door, Identity, Portal
from usecases.identity.seats import Seat, TakeSeat, switch_seat
from usecases.identity.sessions import SignIn, identify, sign_in
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
BEARER = HTTPBearer(auto_error=False)


class Problem(View):
    """RFC 9457; `type` names the refusal, `detail` says what to do next."""

    type: str
    title: str
    status: int
    detail: str
    errors: dict[str, str] | list[str] | None = None


class BearerToken(View):
    access_token: str
    token_type: str = "bearer"
    expires_at: datetime


def context_of(request: Request) -> Context:
    found: Context = request.state.context
    return found


TheContext = Annotated[Context, Depends(context_of)]


def door_dependency(portal: Portal) -> Callable[[Request], Any]:
    """Resolves the door a request stands at; the patients' door is the brand's."""

    async def door(request: Request) -> Door:
        if portal != "patient":
            return Door(portal)
        brand = await brand_of(context_of(request), request.url.hostname or "")
        if brand is None:
            raise NotFound
        return Door(portal, brand.id)

    return door


def identity_dependency(portal: Portal) -> Callable[..., Any]:
    resolve = door_dependency(portal)

    async def identity(
        request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
    ) -> Identity:
        if credentials is None:
            raise NotSignedIn
        return await identify(context_of(request), await resolve(request), credentials.credentials, "bearer")

    return identity


def create_door(title: str, portal: Portal, *routers: APIRouter) -> FastAPI:
    """One role's API: everything but the sign-in is guarded, with its own documentation and answers to refusals."""
    app = FastAPI(title=title, version="1", docs_url="/docs", redoc_url=None, responses=documented())
    app.include_router(sign_in_router(portal))
    guarded = [Depends(identity_dependency(portal))]
    for router in (seats_router(portal), *routers):
        app.include_router(router, dependencies=guarded)
    answer_refusals(app)
    return app


def documented() -> dict[int | str, dict[str, Any]]:
    return {status: {"model": Problem} for status in sorted(set(STATUS.values()))}


def sign_in_router(portal: Portal) -> APIRouter:
    router = APIRouter(tags=["sign-in"])
    resolve = door_dependency(portal)

    @router.post("/sign-in")
    async def bearer_token(
        request: Request, command: SignIn, context: TheContext, door: Annotated[Door, Depends(resolve)]
    ) -> BearerToken:
        address = request.client.host if request.client else "unknown"
        signed_in = await sign_in(context, door, command, address, "bearer")
        return BearerToken(access_token=signed_in.token, expires_at=datetime.now(UTC) + signed_in.lasts)

    return router


def seats_router(portal: Portal) -> APIRouter:
    router = APIRouter(tags=["seats"])
    Signed = Annotated[Identity, Depends(identity_dependency(portal))]

    @router.get("/seats")
    async def seats(identity: Signed) -> tuple[Seat, ...]:
        """Whom or what one may act for, oneself first."""
        return identity.seats

    @router.put("/seat", status_code=204)
    async def take_seat(context: TheContext, identity: Signed, command: TakeSeat) -> None:
        await switch_seat(context, identity.session_id, identity.seats, command)

    return router


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
