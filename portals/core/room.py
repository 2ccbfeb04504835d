"""The addresses of the session room's signals: the same for both portals, each with its own proof of who asks."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.requests import Request

from domain.refusals import InvalidInput
from portals.core.door import TheContext, TheHub
from portals.core.i18n import N_
from portals.core.live import Hub
from usecases.context import Context
from usecases.room import signals
from usecases.room.seats import Participant, Seat
from usecases.room.signals import Peer, Signal

HEARTBEAT = 10.0
MOST_BYTES = 64_000
PATH = "/appointments/{appointment_id}/room/{token}/signals"


def room_href(appointment_id: UUID, token: str) -> str:
    """For `room.video(href, …)`."""
    return f"/appointments/{appointment_id}/room/{token}"


def signal_routes(actor_of: Callable[..., Any]) -> APIRouter:
    """GET (a stream) and POST of a room's signals for the participant that `actor_of` lets in."""
    router = APIRouter()

    async def seat_of(
        appointment_id: UUID,
        token: str,
        peer: Peer,
        context: TheContext,
        actor: Annotated[Participant, Depends(actor_of)],
        last_event_id: Annotated[str, Header(max_length=120)] = "",
    ) -> Seat:
        return await signals.join(context, actor, appointment_id, token, peer, last_event_id)

    @router.get(PATH, response_class=EventSourceResponse)
    async def down(
        context: TheContext, hub: TheHub, seat: Annotated[Seat, Depends(seat_of)]
    ) -> AsyncIterator[ServerSentEvent]:
        async for event in stream(context, hub, seat):
            yield event

    @router.post(PATH, status_code=204, dependencies=[Depends(small)])
    async def up(
        appointment_id: UUID,
        token: str,
        peer: Peer,
        signal: Signal,
        context: TheContext,
        actor: Annotated[Participant, Depends(actor_of)],
    ) -> None:
        await signals.post(context, actor, appointment_id, token, peer, signal)

    return router


async def stream(context: Context, hub: Hub, seat: Seat) -> AsyncIterator[ServerSentEvent]:
    """Everything `seat` is to be told, as it happens. Between two looks it holds nothing of the database."""
    topics = (f"room/{seat.appointment_id}", f"appointment/{seat.appointment_id}")
    async with hub.subscribe(*topics) as woken:
        while True:
            heard = await signals.hear(context, seat)
            seat = heard.seat
            for signal in heard.signals:
                yield ServerSentEvent(raw_data=json.dumps(signal), id=signals.position(seat))
            if heard.over:
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(woken.get(), HEARTBEAT)


async def small(request: Request) -> None:
    """A signal is a few kilobytes; what does not say its length, or is longer, is refused unread."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MOST_BYTES:
        raise InvalidInput({"signal": N_("This is too long.")})
