"""Twilio's Messages API: who asks, for what, and what goes wrong today."""

import base64
import binascii
import re
from collections.abc import Callable
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from sandbox.faults import suffer
from sandbox.methods import METHODS
from sandbox.store import Json
from sandbox.twilio import messages
from sandbox.twilio.errors import TwilioRefusal, broken
from sandbox.world import World

Call = Callable[[], tuple[int, Json]]


def twilio_api(world: World) -> APIRouter:
    desk = Desk(world)
    router = APIRouter()
    router.add_api_route("/2010-04-01/{rest:path}", desk.answer, methods=METHODS, include_in_schema=False)
    return router


class Desk:
    def __init__(self, world: World) -> None:
        self._world = world

    async def answer(self, request: Request) -> Response:
        method, path = request.method, request.url.path
        self._world.calls[f"twilio {method} {path}"] += 1
        fault = self._world.faults.take("twilio", f"{method} {path}")
        try:
            self._authenticate(request)
            call = self._find(method, path, await _parameters(request))
        except TwilioRefusal as refusal:
            return JSONResponse(refusal.body, refusal.status)
        return await suffer(fault, request, lambda spoil: self._perform(call, spoil), _refuse)

    def _perform(self, call: Call, spoil: bool) -> Response:
        try:
            with self._world.store.transaction():
                status, body = call()
        except TwilioRefusal as refusal:
            return JSONResponse(refusal.body, refusal.status)
        return _refuse(500) if spoil else JSONResponse(body, status)

    def _find(self, method: str, path: str, given: dict[str, str]) -> Call:
        world = self._world
        root = f"/2010-04-01/Accounts/{world.options.twilio_sid}/Messages"
        one = re.fullmatch(re.escape(root) + r"/(\w+)\.json", path)
        if (method, path) == ("POST", f"{root}.json"):
            return lambda: (201, messages.shown(world, messages.create(world, given)))
        if (method, path) == ("GET", f"{root}.json"):
            return lambda: (200, messages.list_messages(world, given))
        if method == "GET" and one:
            return lambda: (200, messages.shown(world, messages.fetch(world, one[1], given)))
        if path == f"{root}.json" or one:
            raise TwilioRefusal(405, 20004, f"Method not allowed: {method}")
        raise TwilioRefusal(404, 20404, f"The requested resource {path} was not found")

    def _authenticate(self, request: Request) -> None:
        _, _, given = request.headers.get("authorization", "").partition(" ")
        try:
            user, _, password = base64.b64decode(given).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            user, password = "", ""
        if (user, password) != (self._world.options.twilio_sid, self._world.options.twilio_token):
            raise TwilioRefusal(401, 20003, "Authenticate")


async def _parameters(request: Request) -> dict[str, str]:
    sent = b"&".join(filter(None, (request.scope["query_string"], await request.body())))
    try:
        return dict(parse_qsl(sent.decode(), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        raise TwilioRefusal(400, 20001, "The request is no UTF-8") from None


def _refuse(status: int) -> Response:
    refusal = broken(status)
    return JSONResponse(refusal.body, refusal.status)
