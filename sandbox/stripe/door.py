"""Stripe's API: who asks, which call it is, whether it was made before, and what goes wrong today."""

import base64
import binascii
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from sandbox.faults import suffer
from sandbox.methods import METHODS
from sandbox.store import Json
from sandbox.stripe.errors import StripeRefusal, broken, invalid, unauthorized, unknown_url
from sandbox.stripe.events import API_VERSION
from sandbox.stripe.forms import Form, read
from sandbox.stripe.idempotency import IdempotencyKeys
from sandbox.stripe.objects import expanded, token, visible
from sandbox.stripe.routes import ROUTES, Route
from sandbox.world import World

DECLINED = 402


def stripe_api(world: World) -> APIRouter:
    desk = Desk(world)
    router = APIRouter()
    router.add_api_route("/v1/{rest:path}", desk.answer, methods=METHODS, include_in_schema=False)
    return router


class Desk:
    def __init__(self, world: World) -> None:
        self._world = world
        self._keys = IdempotencyKeys(world)

    async def answer(self, request: Request) -> Response:
        try:
            return await self._answer(request)
        except StripeRefusal as refusal:
            return _response(refusal.status, {"error": refusal.error})

    async def _answer(self, request: Request) -> Response:
        method, path = request.method, request.url.path
        self._world.calls[f"stripe {method} {path}"] += 1
        self._authenticate(request)
        route, ids = _find(method, path)
        text = _text(b"&".join(filter(None, (request.scope["query_string"], await request.body()))))
        form = read(route.form, _pairs(text))
        key = request.headers.get("idempotency-key") if method == "POST" else None
        fault = self._world.faults.take("stripe", f"{method} {path}")
        with self._keys.held(key):
            return await suffer(
                fault,
                request,
                lambda spoil: self._perform(route, form, ids, key, f"{path}?{text}", spoil),
                _refuse,
            )

    def _perform(
        self, route: Route, form: Form, ids: tuple[str, ...], key: str | None, asked: str, spoil: bool
    ) -> Response:
        """One transaction: the effect and the memory of its result stand or fall together."""
        with self._world.store.transaction():
            kept = self._keys.recall(key, asked) if key else None
            if kept is not None:
                return _response(kept["status"], kept["body"], replayed=True)
            status, body = self._run(route, form, ids)
            if spoil:
                refusal = broken(500)
                status, body = refusal.status, {"error": refusal.error}
            if key:
                self._keys.keep(key, asked, status, body)
            return _response(status, body)

    def _run(self, route: Route, form: Form, ids: tuple[str, ...]) -> tuple[int, Json]:
        """A declined card leaves its traces; any other refusal leaves none."""
        try:
            with self._world.store.transaction():
                try:
                    thing = route.run(self._world, form, *ids)
                except StripeRefusal as refusal:
                    if refusal.status != DECLINED:
                        raise
                    return refusal.status, {"error": refusal.error}
                shown: Json = visible(expanded(self._world, thing, form.expand))
                return 200, shown
        except StripeRefusal as refusal:
            return refusal.status, {"error": refusal.error}

    def _authenticate(self, request: Request) -> None:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme == "Basic":
            given = _user(given)
        if given != self._world.options.stripe_key:
            raise unauthorized()


def _user(given: str) -> str:
    try:
        return base64.b64decode(given).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _text(sent: bytes) -> str:
    try:
        return sent.decode()
    except UnicodeDecodeError:
        raise invalid("Invalid request: it is no UTF-8.") from None


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise invalid("Invalid request: it is no UTF-8.") from None


def _find(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    for route in ROUTES:
        ids = route.ids(method, path)
        if ids is not None:
            return route, ids
    raise unknown_url(method, path)


def _refuse(status: int) -> Response:
    refusal = broken(status)
    return _response(refusal.status, {"error": refusal.error})


def _response(status: int, body: Json, *, replayed: bool = False) -> Response:
    headers = {"request-id": f"req_{token(14)}", "stripe-version": API_VERSION}
    if replayed:
        headers["idempotent-replayed"] = "true"
    return JSONResponse(body, status, headers)
