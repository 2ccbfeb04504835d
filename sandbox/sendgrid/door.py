"""SendGrid's API: who asks, for what, and what goes wrong today."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from sandbox.faults import suffer
from sandbox.methods import METHODS
from sandbox.sendgrid import mails
from sandbox.sendgrid.errors import SendGridRefusal, broken, unfit
from sandbox.sendgrid.signature import public_key
from sandbox.world import World

Call = Callable[[], Response]
MOST = 1000
PARAMETERS = {
    "/v3/mail/send": set[str](),
    "/v3/messages": {"query", "limit"},
    "/v3/user/webhooks/event/settings/signed": set[str](),
}
"""What the query of each address may hold."""


def sendgrid_api(world: World) -> APIRouter:
    desk = Desk(world)
    router = APIRouter()
    router.add_api_route("/v3/{rest:path}", desk.answer, methods=METHODS, include_in_schema=False)
    return router


class Desk:
    def __init__(self, world: World) -> None:
        self._world = world

    async def answer(self, request: Request) -> Response:
        method, path = request.method, request.url.path
        self._world.calls[f"sendgrid {method} {path}"] += 1
        fault = self._world.faults.take("sendgrid", f"{method} {path}")
        try:
            self._authenticate(request)
            call = self._find(method, path, request, await request.body())
        except SendGridRefusal as refusal:
            return JSONResponse(refusal.body, refusal.status)
        return await suffer(fault, request, lambda spoil: self._perform(call, spoil), _refuse)

    def _perform(self, call: Call, spoil: bool) -> Response:
        try:
            with self._world.store.transaction():
                answer = call()
        except SendGridRefusal as refusal:
            return JSONResponse(refusal.body, refusal.status)
        return _refuse(500) if spoil else answer

    def _find(self, method: str, path: str, request: Request, body: bytes) -> Call:
        world, query = self._world, request.query_params
        if path not in PARAMETERS:
            raise SendGridRefusal(404, "not found")
        if unknown := sorted(set(query) - PARAMETERS[path]):
            raise SendGridRefusal(400, f"unknown query parameter {unknown[0]}", unknown[0])
        if (method, path) == ("POST", "/v3/mail/send"):
            return lambda: _send(world, body)
        if (method, path) == ("GET", "/v3/messages"):
            return lambda: _messages(world, query.get("query", ""), query.get("limit", "10"))
        if (method, path) == ("GET", "/v3/user/webhooks/event/settings/signed"):
            return lambda: JSONResponse({"public_key": public_key(world.options.sendgrid_seed)})
        raise SendGridRefusal(405, "method not allowed")

    def _authenticate(self, request: Request) -> None:
        if request.headers.get("authorization") != f"Bearer {self._world.options.sendgrid_key}":
            raise SendGridRefusal(401, "The provided authorization grant is invalid, expired, or revoked")


def _send(world: World, body: bytes) -> Response:
    try:
        mail = mails.Mail.model_validate_json(body)
    except ValidationError as error:
        raise unfit(error) from None
    return Response(status_code=202, headers={"x-message-id": mails.send(world, mail)})


def _messages(world: World, query: str, limit: str) -> Response:
    if not (limit.isascii() and limit.isdigit() and len(limit) < 10) or not 1 <= int(limit) <= MOST:
        raise SendGridRefusal(400, "limit must be between 1 and 1000", "limit")
    return JSONResponse({"messages": mails.find(world, query, int(limit))})


def _refuse(status: int) -> Response:
    refusal = broken(status)
    return JSONResponse(refusal.body, refusal.status)
