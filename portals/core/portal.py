"""A portal's application: resolves who visits, guards forms, answers refusals with pages."""

import secrets
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.refusals import StillWorking
from portals.core import csrf, language
from portals.core.formats import ZONE
from portals.core.i18n import LANGUAGE, ROOM
from portals.core.refusing import add_refusal_handlers, refuse
from portals.core.site import VISITOR_COOKIE, Visit
from portals.core.static import static_files
from threshold.bodies import Bounded
from usecases.identity.pacing import keep_pace

Resolve = Callable[[Request], Awaitable[Visit]]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_portal(
    title: str,
    resolve: Resolve,
    *routers: APIRouter,
    guard: Callable[..., Any] = csrf.guard,
    uploads: frozenset[str] = frozenset(),
    **options: Any,
) -> FastAPI:
    """A FastAPI application serving `routers` at its root, `/static` and `POST /language`.

    `resolve` answers every request's `Visit`, before routing; `uploads` are the addresses whose form may bring a file;
    `options` go to FastAPI (lifespan, state, …).
    """
    app = FastAPI(title=title, openapi_url=None, dependencies=[Depends(paced), Depends(guard)], **options)
    app.mount("/static", static_files)
    for router in (*routers, language.router):
        app.include_router(router)
    add_refusal_handlers(app)
    app.add_middleware(Bounded, answer=refuse, uploads=uploads)
    app.add_middleware(GZipMiddleware, minimum_size=600, compresslevel=5)
    app.add_middleware(VisitMiddleware, resolve=resolve, room=title.removesuffix(" portal"))
    return app


def visitor_id(request: Request) -> str:
    """What binds the form tokens of a visitor who has not signed in; `page` puts it into the visitor cookie."""
    known = request.cookies.get(VISITOR_COOKIE, "")
    return known if 20 <= len(known) <= 64 and known.isascii() else secrets.token_urlsafe(24)


async def paced(request: Request) -> None:
    """Dependency of every portal: whoever is signed in keeps within their pace. Raises TooManyRequests."""
    identity = getattr(request.state, "identity", None)
    if identity is not None:
        keep_pace(request.state.context, identity)


class NobodyKnown(Exception):
    """The database is away, so nobody can say who visits; `visit` is how they are told so."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit


class VisitMiddleware:
    """Sets `request.state.visit`, the reader's language and zone; `room` is the portal whose words come first."""

    def __init__(self, app: ASGIApp, resolve: Resolve, room: str = "") -> None:
        self.app = app
        self.resolve = resolve
        self.room = room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self.app(scope, receive, send)
            return
        try:
            self._meet(scope, await self.resolve(Request(scope)))
        except NobodyKnown as unknown:
            self._meet(scope, unknown.visit)
            await refuse(Request(scope), StillWorking())(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _meet(self, scope: Scope, visit: Visit) -> None:
        scope.setdefault("state", {})["visit"] = visit
        LANGUAGE.set(visit.lang)
        ROOM.set(self.room)
        ZONE.set(visit.zone)
