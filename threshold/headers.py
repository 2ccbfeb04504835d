"""What no answer goes without, whoever gives it: a page, a JSON door, a static file, a refusal before any door."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HSTS = "max-age=63072000; includeSubDomains"
DEVICES = ("camera", "microphone")
NEVER = ("geolocation", "payment", "usb", "display-capture", "browsing-topics")
NOTHING = "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The policy of an answer that is no page."""


def permissions_policy(devices: bool) -> str:
    """Camera and microphone for this page only when it asks."""
    allowed = "(self)" if devices else "()"
    return ", ".join([f"{name}={allowed}" for name in DEVICES] + [f"{name}=()" for name in NEVER])


EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": NOTHING,
    "Permissions-Policy": permissions_policy(False),
    "Cache-Control": "no-store",
}


class Hardened:
    """ASGI middleware: adds what an answer does not say itself; `https` when people reach us by it."""

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self._app = app
        self._added = EVERYWHERE | ({"Strict-Transport-Security": HSTS} if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def harden(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._added.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, harden)
