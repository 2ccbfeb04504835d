"""Calls to no vendor's address: answered by the vendor whose credentials they carry, as that vendor would."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from sandbox.methods import METHODS
from sandbox.sendgrid.door import Desk as SendGrid
from sandbox.stripe.door import Desk as Stripe
from sandbox.twilio.door import Desk as Twilio
from sandbox.world import World


def elsewhere(world: World) -> APIRouter:
    stripe, twilio, sendgrid = Stripe(world), Twilio(world), SendGrid(world)
    router = APIRouter(include_in_schema=False)

    @router.api_route("/{rest:path}", methods=METHODS)
    async def answer(request: Request) -> Response:
        match request.headers.get("authorization", "").split(" ", 1):
            case ["Bearer", key] if key.startswith("SG."):
                return await sendgrid.answer(request)
            case ["Basic", _]:
                return await twilio.answer(request)
            case ["Bearer", _]:
                return await stripe.answer(request)
            case _:
                return PlainTextResponse("There is nothing here.", 404)

    return router
