"""The session room for apps: enter, tell the other side, and ask again and again what the other side has told."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.door import TheContext
from usecases.room import signals
from usecases.room.entering import RoomView, enter
from usecases.room.seats import Participant
from usecases.room.signals import Peer, Signal
from usecases.views import View


class News(View):
    """`position` goes into the next question as `after`; nothing more will come when `over`."""

    signals: list[dict[str, Any]]
    position: str
    over: bool


def room_routes(actor_of: Callable[..., Any]) -> APIRouter:
    """For the participant that `actor_of` lets in."""
    router = APIRouter(prefix="/appointments/{appointment_id}/room", tags=["room"])
    The = Annotated[Participant, Depends(actor_of)]

    @router.post("")
    async def enter_room(context: TheContext, actor: The, appointment_id: UUID) -> RoomView:
        """Come to the door; the first time, the appointment hears of it."""
        return await enter(context, actor, appointment_id)

    @router.get("/{token}/signals")
    async def hear(
        context: TheContext,
        actor: The,
        appointment_id: UUID,
        token: str,
        peer: Peer,
        after: Annotated[str, Query(max_length=120)] = "",
    ) -> News:
        """What the browser or app named `peer` is to be told next. Ask about once a second."""
        seat = await signals.join(context, actor, appointment_id, token, peer, after)
        heard = await signals.hear(context, seat)
        return News(signals=heard.signals, position=signals.position(heard.seat), over=heard.over)

    @router.post("/{token}/signals", status_code=204)
    async def tell(
        context: TheContext, actor: The, appointment_id: UUID, token: str, peer: Peer, signal: Signal
    ) -> None:
        await signals.post(context, actor, appointment_id, token, peer, signal)

    return router
