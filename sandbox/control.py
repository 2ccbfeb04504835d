"""The control door, for tests and demonstrations: faults, webhooks' habits, the clock, and what has happened."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Response
from pydantic import BaseModel, ConfigDict, Field

from sandbox import ledger
from sandbox.courier import Knobs
from sandbox.faults import Fault, Vendor
from sandbox.sendgrid.signature import public_key
from sandbox.store import Json
from sandbox.stripe import events, refunds
from sandbox.twilio import messages
from sandbox.world import World


class Advance(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seconds: Annotated[float, Field(ge=0)]


class Target(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: str | None


class Reply(BaseModel):
    """`phone` and `number` are E.164; the person with `phone` writes to our `number`."""

    model_config = ConfigDict(extra="forbid")

    channel: Literal["sms", "whatsapp"] = "sms"
    phone: str
    number: str
    body: str


def control_door(world: World) -> APIRouter:
    router = APIRouter(prefix="/_sandbox", tags=["control"])
    _misbehaviour(router, world)
    _the_world(router, world)
    _what_happened(router, world)
    return router


def _misbehaviour(router: APIRouter, world: World) -> None:
    @router.get("/faults")
    async def faults() -> list[Fault]:
        return world.faults.all()

    @router.post("/faults", status_code=204)
    async def add_fault(fault: Fault) -> None:
        world.faults.add(fault)

    @router.delete("/faults", status_code=204)
    async def clear_faults() -> None:
        world.faults.clear()

    @router.get("/deliveries/{vendor}")
    async def deliveries(vendor: Vendor) -> dict[str, int]:
        return {"pending": world.courier.pending(vendor)}

    @router.put("/deliveries/{vendor}", status_code=204)
    async def turn_knobs(vendor: Vendor, knobs: Knobs) -> None:
        world.courier.turn(vendor, knobs)

    @router.put("/webhooks", status_code=204)
    async def aim(target: Target) -> None:
        world.store.set("webhook_url", target.url)

    @router.post("/events/{id}/resend", status_code=204)
    async def resend(id: str) -> None:
        event = world.store.get("event", id)
        if event is None:
            raise HTTPException(404, "no such event")
        events.post(world, event)


def _the_world(router: APIRouter, world: World) -> None:
    @router.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/clock")
    async def clock() -> dict[str, float]:
        return {"now": world.clock.now()}

    @router.post("/clock")
    async def advance(by: Advance) -> dict[str, float]:
        world.clock.advance(by.seconds)
        return {"now": world.clock.now()}

    @router.post("/reset", status_code=204)
    async def reset() -> None:
        world.store.forget_everything()
        world.calls.clear()

    @router.post("/refunds/{id}/come-back", status_code=204)
    async def come_back(id: str) -> None:
        with world.store.transaction():
            refund = world.store.get("refund", id)
            if refund is None or refund["status"] != "succeeded":
                raise HTTPException(404, "no refund that stands")
            refunds.come_back(world, refund)

    @router.get("/sendgrid/public-key")
    async def sendgrid_public_key() -> dict[str, str]:
        return {"public_key": public_key(world.options.sendgrid_seed)}

    @router.post("/replies", status_code=204)
    async def reply(said: Reply) -> Response:
        prefix = "whatsapp:" if said.channel == "whatsapp" else ""
        with world.store.transaction():
            messages.reply(world, prefix + said.phone, prefix + said.number, said.body)
        return Response(status_code=204)


def _what_happened(router: APIRouter, world: World) -> None:
    @router.get("/totals")
    async def totals() -> dict[str, Any]:
        return ledger.totals(world)

    @router.get("/charges")
    async def charges() -> list[Json]:
        return ledger.charges(world)

    @router.get("/refunds")
    async def refunds() -> list[Json]:
        return ledger.refunds(world)

    @router.get("/messages")
    async def sent_messages() -> list[Json]:
        return [messages.shown(world, one) for one in reversed(world.store.newest("message"))]

    @router.get("/mails")
    async def sent_mails() -> list[Json]:
        return list(reversed(world.store.newest("mail")))

    @router.get("/calls")
    async def calls() -> dict[str, int]:
        return dict(world.calls)
