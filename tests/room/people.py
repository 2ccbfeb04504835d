"""Two people who have an appointment now, and what they do in its room."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlmodel import col

from domain.actors import Patient
from models import RoomPeer, RoomSignal
from tests.fixtures.house import AURORA, RunningHouse
from tests.specialist.people import Colleague, booked, new_specialist
from tests.usecases.steps import new_patient
from usecases.context import Context
from usecases.room import signals
from usecases.room.entering import RoomView, enter
from usecases.room.place import StatePlace, place, state_place
from usecases.room.seats import Participant, Seat
from usecases.room.signals import Signal
from usecases.specialist import sessions


@dataclass(frozen=True)
class Meeting:
    house: RunningHouse
    appointment_id: UUID
    patient: Patient
    colleague: Colleague

    async def enter(self, actor: Participant) -> RoomView:
        if isinstance(actor, Patient):
            return await come(self.house.context, actor, self.appointment_id)
        return await enter(self.house.context, actor, self.appointment_id)

    async def sit(self, actor: Participant, peer: str = "") -> Seat:
        token = (await self.enter(actor)).token
        return await signals.join(self.house.context, actor, self.appointment_id, token, peer or uuid4().hex)

    async def hear(self, seat: Seat) -> tuple[Seat, list[dict[str, Any]]]:
        heard = await signals.hear(self.house.context, seat)
        return heard.seat, heard.signals

    async def tell(self, seat: Seat, signal: Signal) -> None:
        token = (await self.enter(seat.actor)).token
        await signals.post(self.house.context, seat.actor, self.appointment_id, token, seat.peer, signal)

    async def admit(self) -> None:
        await sessions.admit(self.house.context, self.colleague.specialist, self.appointment_id)

    async def finish(self) -> None:
        await sessions.finish(self.house.context, self.colleague.specialist, self.appointment_id)

    async def left_in_the_database(self) -> tuple[int, int]:
        """How many (peers, signals), as the specialist may read them."""
        async with self.house.database.transaction(self.colleague.specialist) as session:
            counts = [
                await session.scalar(
                    select(func.count()).select_from(table).where(col(table.appointment_id) == self.appointment_id)
                )
                for table in (RoomPeer, RoomSignal)
            ]
        return counts[0] or 0, counts[1] or 0


async def come(context: Context, patient: Patient, appointment_id: UUID) -> RoomView:
    """From the place given at booking."""
    await say_place(context, patient, appointment_id)
    return await enter(context, patient, appointment_id)


async def say_place(context: Context, patient: Patient, appointment_id: UUID, jurisdiction: str = "") -> None:
    booked = (await place(context, patient, appointment_id)).booked
    await state_place(context, patient, appointment_id, StatePlace(jurisdiction=jurisdiction or booked))


async def meeting(house: RunningHouse) -> Meeting:
    patient, colleague = await new_patient(house, AURORA), await new_specialist(house)
    return Meeting(house, await booked(house, patient, colleague), patient, colleague)
