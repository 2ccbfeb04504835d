"""A session by phone or in person that begins within minutes, and one that should have begun."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import col

from domain.actors import Engine, House, Patient
from models import Appointment as Row
from models import Person, PlaceStatement
from tests.fixtures.house import AURORA, RunningHouse
from tests.patient.people import Newcomer
from tests.specialist.people import (
    CALL,
    Colleague,
    booked,
    new_specialist,
)
from tests.usecases.steps import new_patient
from tests.usecases.test_booking import row_of
from usecases.processes import appointment_handle
from usecases.specialist.sessions import BeginSession
from workflows import TASK_QUEUE
from workflows.appointment import Appointment

HERE = BeginSession(jurisdiction="US-MA")
NUMBER = "+16175550142"


@dataclass(frozen=True)
class Arranged:
    house: RunningHouse
    who: Newcomer
    me: Colleague
    id: UUID

    @property
    def patient(self) -> Patient:
        return self.who.patient

    async def row(self) -> Row:
        return await row_of(self.house, self.patient, self.id)

    async def places(self) -> list[PlaceStatement]:
        said = select(PlaceStatement).where(col(PlaceStatement.appointment_id) == self.id)
        async with self.house.database.transaction(Engine(self.patient.organization_id)) as session:
            return list(await session.scalars(said))

    async def should_have_begun(self, ago: timedelta) -> None:
        """As if it had been booked for `ago` before now."""
        handle = appointment_handle(self.house.temporal, self.id)
        known = await handle.query(Appointment.state)
        await handle.terminate()
        start = self.house.context.now() - ago
        end = start + (known.end - known.start)
        again = known.model_copy(update={"start": start, "end": end, "reminded": 2})
        await self.house.temporal.start_workflow(Appointment.run, again, id=handle.id, task_queue=TASK_QUEUE)
        async with self.house.database.transaction(Engine(self.patient.organization_id)) as session:
            moved = update(Row).where(col(Row.id) == self.id)
            await session.execute(moved.values(starts_at=start, ends_at=end, blocked=Range(start, end)))


async def arranged(house: RunningHouse, kind: str = CALL, phone: str = NUMBER) -> Arranged:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    async with house.database.transaction(House()) as session:
        person = await session.get_one(Person, patient.person_id)
        person.phone = phone
    return Arranged(house, Newcomer(AURORA, person.email, patient), me, await booked(house, patient, me, kind=kind))
