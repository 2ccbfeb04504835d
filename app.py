"""The web process: which portal or JSON door a request enters is decided by its host."""

import gc
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount, Router
from starlette.types import ASGIApp, Receive, Scope, Send

import api.platform
import composition
import portals.welcome
import welcome
from domain.refusals import StillWorking
from doors import Mounted, doors
from gateways import logs
from gateways.metrics import Measured
from portals.core.live import Hub
from settings import Settings, read_settings, revealed
from threshold.answers import before_the_doors
from threshold.catalogues import read_all
from threshold.headers import Hardened
from threshold.hosts import host_of
from threshold.rates import Limited
from usecases.brands import brand_of
from usecases.context import Context, DatabaseAway
from usecases.webhook_rounds import Rounds

PLATFORM = ("/healthz", "/readyz", "/metrics", "/webhooks/")
UNREADABLE = ("This address holds characters that are no text.", "Type it anew.")
UNKNOWN_HOST = ("This address is not served here.", "Check the host name.")


@dataclass(frozen=True)
class House:
    """A portal and its JSON door share a host; brands' hosts come from the database."""

    platform: ASGIApp
    patient: ASGIApp
    by_host: Mapping[str, ASGIApp]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "\0" in unquote_plus(f"{scope['path']}?{scope['query_string'].decode('latin-1')}"):
            return await before_the_doors(scope, 400, *UNREADABLE)(scope, receive, send)
        if scope["path"].startswith(PLATFORM):
            return await self.platform(scope, receive, send)
        try:
            entrance = await self._entrance(Request(scope))
        except DatabaseAway:
            busy = before_the_doors(scope, 503, StillWorking.title, StillWorking.next_action, wait=5)
            return await busy(scope, receive, send)
        return await (entrance or before_the_doors(scope, 421, *UNKNOWN_HOST))(scope, receive, send)

    async def _entrance(self, request: Request) -> ASGIApp | None:
        host = host_of(request.scope)
        if host in self.by_host:
            return self.by_host[host]
        context: Context = request.state.context
        return self.patient if await brand_of(context, host) else None


def entrance(mounted: Mounted) -> ASGIApp:
    return Router([Mount(path or "/", create()) for path, create in mounted.items()])


def create() -> ASGIApp:
    """The application of one web process; uvicorn's factory."""
    settings = composition.complete(read_settings())
    logs.configure(settings.log_level)
    read_all()
    application = build(settings)
    keep_what_stands()
    return application


def keep_what_stands() -> None:
    """What a process has built when it starts stays until it ends. Left to the collector, it would be walked through
    again and again: a quarter of a second each time, in which nobody is answered."""
    gc.collect()
    gc.freeze()


def build(settings: Settings) -> ASGIApp:
    """The application these settings describe."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Any]]:
        database = composition.database_of(settings)
        keyring = composition.keyring_of(settings, database)
        temporal = await composition.temporal_of(settings, keyring)
        hub = Hub(composition.listening_url(settings))
        context = composition.context_of(settings, database, temporal, keyring)
        rounds = Rounds(context)
        await hub.start()
        await rounds.start()
        yield {"context": context, "hub": hub}
        await rounds.stop()
        await hub.stop()
        await database.close()

    inside = Starlette(routes=[Mount("/", house(settings))], lifespan=lifespan)
    return Measured(Hardened(Limited(inside, settings.requests_per_address), settings.scheme == "https"))


def house(settings: Settings) -> House:
    behind = {portal: entrance(mounted) for portal, mounted in doors(composition.temporal_ui(settings)).items()}
    by_host = {
        settings.specialist_host: behind["specialist"],
        settings.organization_host: behind["organization"],
        settings.affiliate_host: behind["affiliate"],
    }
    if settings.environment == "demo":
        by_host["localhost"] = portals.welcome.create(lambda _: welcome.view_of(settings))
    return House(api.platform.create(revealed(settings.metrics_token) or ""), behind["patient"], by_host)
