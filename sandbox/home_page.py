"""The page a person at the demo reads: the phones, the mailbox and the payments."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from sandbox import ledger
from sandbox.rendering import STYLE, page
from sandbox.store import Json
from sandbox.twilio import messages
from sandbox.twilio.numbers import split
from sandbox.world import World

SHOWN = 60
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
OUTSIDE = '<base target="_blank">'


def home_pages(world: World) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def home(q: str = "", thread: str = "", mail: str = "") -> Response:
        threads, mails = _threads(world, q), _mails(world, q)
        open_thread = thread or (threads[0]["_thread"] if threads else "")
        open_mail = world.store.get("mail", mail) or (mails[0] if mails else None)
        return page(
            "home.html",
            q=q,
            threads=threads,
            thread=open_thread,
            bubbles=_bubbles(world, open_thread),
            mails=mails,
            mail=open_mail,
            payments=_payments(world),
            totals=ledger.totals(world),
            now=world.clock.now(),
        )

    @router.post("/phone")
    async def answer(
        thread: Annotated[str, Form()], number: Annotated[str, Form()], body: Annotated[str, Form()] = ""
    ) -> Response:
        if body.strip():
            with world.store.transaction():
                messages.reply(world, thread, number, body.strip())
        return RedirectResponse(f"/?thread={quote(thread)}", 303)

    _parts(router, world)
    return router


def _parts(router: APIRouter, world: World) -> None:
    @router.get("/mails/{id}")
    async def mail_body(id: str) -> Response:
        stored = world.store.get("mail", id)
        if stored is None:
            return HTMLResponse("", 404)
        return HTMLResponse(_with_outside_links(stored["html"]), 200, {"content-security-policy": MAIL_POLICY})

    @router.get("/_sandbox/sandbox.css")
    async def style() -> FileResponse:
        return FileResponse(STYLE, media_type="text/css", headers={"cache-control": "no-cache"})


def _threads(world: World, q: str) -> list[Json]:
    """The newest message of each conversation."""
    latest: dict[str, Json] = {}
    for message in world.store.newest("message"):
        if q.strip() in message["_thread"]:
            latest.setdefault(message["_thread"], message | {"channel": split(message["_thread"])[0]})
    return list(latest.values())[:SHOWN]


def _bubbles(world: World, thread: str) -> list[Json]:
    newest = world.store.newest("message", owner=thread, limit=SHOWN)
    return [one | {"status": messages.shown(world, one)["status"]} for one in reversed(newest)]


def _mails(world: World, q: str) -> list[Json]:
    wanted = q.strip().lower()
    fitting = [one for one in world.store.newest("mail") if wanted in f"{one['to']} {one['subject']}".lower()]
    return fitting[:SHOWN]


def _payments(world: World) -> list[Json]:
    intents = world.store.newest("payment_intent", limit=SHOWN)
    return [one | {"card": _card(world, one)} for one in intents]


def _card(world: World, intent: Json) -> Json | None:
    error = intent["last_payment_error"] or {}
    method = world.store.get("payment_method", intent["payment_method"] or "") or error.get("payment_method")
    return method["card"] if method else None


def _with_outside_links(html: str) -> str:
    head, found, rest = html.partition("<head>")
    return f"{head}{found}{OUTSIDE}{rest}" if found else OUTSIDE + html
