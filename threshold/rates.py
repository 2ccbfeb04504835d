"""How many requests one address may send, counted before anything else is done for them."""

from math import ceil

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from threshold.answers import before_the_doors
from usecases.pace import Buckets

UNCOUNTED = ("/healthz", "/readyz", "/metrics", "/webhooks/", "/static/")
"""Machines that ask by plan, vendors (a forgery is refused cheaply), and files that are in memory."""


class Limited:
    """ASGI middleware: `per_minute` requests of one address in this process, then 429 until it may go on."""

    def __init__(self, app: ASGIApp, per_minute: int) -> None:
        self._app = app
        self._buckets = Buckets(per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(UNCOUNTED):
            return await self._app(scope, receive, send)
        if seconds := ceil(self._buckets.wait(address_of(Request(scope)))):
            action = f"Wait {seconds} seconds, then go on."
            said = before_the_doors(scope, 429, "Too many requests come from your address.", action, seconds)
            return await said(scope, receive, send)
        await self._app(scope, receive, send)


def address_of(request: Request) -> str:
    """As the server knows it: a proxy's word for it is taken by uvicorn, and only from proxies it was told of."""
    return request.client.host if request.client else "unknown"
