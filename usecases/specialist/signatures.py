"""Telling a journey that the note of its session is signed."""

import asyncio
import contextlib
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from domain.actors import Specialist
from domain.journeys.state import NoteSigned
from domain.refusals import NotInThisState, StepNotOpen, StillWorking
from models import Journey
from usecases.context import Context
from usecases.journeys import tell

TRIES, PAUSE_SECONDS = 40, 0.05


async def tell_journey(context: Context, specialist: Specialist, journey_id: UUID, appointment_id: UUID) -> None:
    """A journey that has gone on without the note needs it no more; one that is behind is waited for."""
    event = NoteSigned(appointment_id=appointment_id)
    for _ in range(TRIES):
        try:
            await tell(context, journey_id, event, f"note-signed/{appointment_id}")
        except NotInThisState:
            return
        except StepNotOpen:
            if not await _will_want_it(context, specialist, journey_id, appointment_id):
                return
        else:
            return
        await asyncio.sleep(PAUSE_SECONDS)
    raise StillWorking


async def tell_if_untold(context: Context, specialist: Specialist, appointment_id: UUID) -> None:
    """The note is signed: a journey that still waits for it was never told. It finds out by itself, but a day later."""
    waits = select(col(Journey.id)).where(
        col(Journey.appointment_id) == appointment_id, col(Journey.status) == "active", col(Journey.step_kind) == "note"
    )
    async with context.database.transaction(specialist) as session:
        journey_id = (await session.scalars(waits)).first()
    if journey_id is not None:
        with contextlib.suppress(StillWorking):
            await tell_journey(context, specialist, journey_id, appointment_id)


async def _will_want_it(context: Context, specialist: Specialist, journey_id: UUID, appointment_id: UUID) -> bool:
    """Whether the journey has not heard yet what became of the session, or heard it since it refused the note."""
    async with context.database.transaction(specialist) as session:
        journey = await session.get(Journey, journey_id)
    if journey is None or journey.appointment_id != appointment_id:
        return False
    return journey.step_kind in ("session", "note")
