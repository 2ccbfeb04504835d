"""What every JSON door has in common: bearer tokens in, problem documents out, and signing in."""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request

from api.problems import Reader, answer_refusals, documented, problem
from api.sign_in import sign_in_routes
from domain.access.permissions import Portal
from domain.refusals import NotFound, NotSignedIn, Refusal
from threshold.bodies import Bounded
from usecases.audit.noting import enter
from usecases.brands import brand_of
from usecases.context import Context
from usecases.identity.doors import Door, Identity
from usecases.identity.pacing import keep_pace
from usecases.identity.seats import Seat, TakeSeat, switch_seat
from usecases.identity.sessions import enrolled, recognize
from usecases.identity.step_up import be_fresh

BEARER = HTTPBearer(auto_error=False)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]


def context_of(request: Request) -> Context:
    found: Context = request.state.context
    return found


async def the_context(request: Request) -> Context:
    return context_of(request)


TheContext = Annotated[Context, Depends(the_context)]


@cache
def door_dependency(portal: Portal) -> Callable[[Request], Any]:
    """Resolves the door a request stands at; the patients' door is the brand's."""

    async def door(request: Request) -> Door:
        enter(f"{portal}/json")
        if portal != "patient":
            return Door(portal)
        brand = await brand_of(context_of(request), request.url.hostname or "")
        if brand is None:
            raise NotFound
        return Door(portal, brand.id)

    return door


@cache
def holder_dependency(portal: Portal) -> Callable[..., Any]:
    """Whoever is signed in, for what is about oneself: a second factor may be due."""
    resolve = door_dependency(portal)

    async def holder(request: Request, credentials: Credentials) -> Identity:
        if credentials is None:
            raise NotSignedIn
        found = await recognize(context_of(request), await resolve(request), credentials.credentials, "bearer")
        enter(f"{portal}/json", found.session_id)
        request.state.locale = found.locale
        keep_pace(context_of(request), found)
        return found

    return holder


@cache
def reader(portal: Portal) -> Reader:
    """Whoever a bearer token stands for reads the answer, where a request is refused before its guard has asked."""
    holder = holder_dependency(portal)

    async def read_who(request: Request) -> None:
        if not hasattr(request.state, "locale"):
            with suppress(Refusal):
                await holder(request, await BEARER(request))

    return read_who


@cache
def guard(portal: Portal) -> Callable[..., Any]:
    """Lets in whoever may go on, once for a request. Raises `NotSignedIn`, `SecondFactorNeeded`.

    What follows reads who it is from the request: every dependency of a dependency costs each request as much again.
    """
    holder = holder_dependency(portal)

    async def let_in(request: Request, credentials: Credentials) -> None:
        request.state.identity = await enrolled(context_of(request), await holder(request, credentials))

    return let_in


def identity_of(request: Request) -> Identity:
    """Whom the guard has let in. Raises `NotSignedIn`, also where nobody thought of a guard."""
    found: Identity | None = getattr(request.state, "identity", None)
    if found is None:
        raise NotSignedIn
    return found


async def fresh_identity(request: Request) -> None:
    """For what cannot be undone. Raises `StepUpNeeded` (see `step_up.py`)."""
    await be_fresh(context_of(request), identity_of(request))


FRESH = Depends(fresh_identity)


def create_door(title: str, portal: Portal, *routers: APIRouter, uploads: frozenset[str] = frozenset()) -> FastAPI:
    """One role's API: all but signing in and seats is guarded, with its own openapi.json and answers to refusals.

    `uploads` are the addresses that take a file.
    """
    app = FastAPI(title=title, version="1", docs_url=None, redoc_url=None, responses=documented())
    app.include_router(sign_in_routes(door_dependency(portal), holder_dependency(portal), the_context))
    app.include_router(seats_router(portal))
    for router in routers:
        app.include_router(router, dependencies=[Depends(guard(portal))])
    answer_refusals(app, reader(portal))
    app.add_middleware(Bounded, answer=problem, uploads=uploads)
    return app


def seats_router(portal: Portal) -> APIRouter:
    router = APIRouter(tags=["seats"])
    Signed = Annotated[Identity, Depends(holder_dependency(portal))]

    @router.get("/seats")
    async def seats(identity: Signed) -> tuple[Seat, ...]:
        """Whom or what one may act for, oneself first."""
        return identity.seats

    @router.put("/seat", status_code=204)
    async def take_seat(context: TheContext, identity: Signed, command: TakeSeat) -> None:
        await switch_seat(context, identity.session_id, identity.seats, command)

    return router
