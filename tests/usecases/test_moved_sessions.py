"""What a journey promises reaches beyond its appointment, also when that is moved."""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlmodel import col

from domain.actors import Engine, Patient
from domain.journeys.state import AppointmentChanged, Event
from models import Appointment, Journey, JourneyEntry
from models.journey_deeds import kept_deed
from tests.fixtures.house import AURORA, RunningHouse
from tests.usecases.steps import journey_at_booking, new_patient, offered, until
from tests.usecases.test_booking import pay
from usecases.patient.booking import MoveAppointment, book, move
from usecases.patient.cancelling import CancelAppointment, cancel
from usecases.patient.free_times import slots_to_move
from usecases.scheduling.holding import Hold
from workflows.steps import FindDeed

PATIENCE = timedelta(days=90)


async def at_session(house: RunningHouse) -> tuple[Patient, UUID, UUID]:
    """A patient, their journey and its appointment, which is paid for."""
    patient = await new_patient(house, AURORA)
    journey_id = await journey_at_booking(house, patient)
    slot = await offered(house, patient)
    wish = Hold(
        specialist_id=slot.specialist_id,
        appointment_type="intake",
        start=slot.start,
        key=uuid4().hex,
        journey_id=journey_id,
    )
    appointment_id = await book(house.context, patient, wish)
    await pay(house, appointment_id)
    await until(lambda: waits_beyond(house, patient, journey_id, appointment_id))
    return patient, journey_id, appointment_id


async def waits_beyond(house: RunningHouse, patient: Patient, journey_id: UUID, appointment_id: UUID) -> bool:
    async with house.database.transaction(patient) as session:
        journey = await session.get_one(Journey, journey_id)
        ends = (await session.get_one(Appointment, appointment_id)).ends_at
    return (journey.step, journey.until) == ("first-session", ends + PATIENCE)


async def test_the_journey_follows_its_appointment(house: RunningHouse) -> None:
    patient, journey_id, appointment_id = await at_session(house)
    async with house.database.transaction(patient) as session:
        row = await session.get_one(Appointment, appointment_id)
    free = (await slots_to_move(house.context, patient, appointment_id, 2, "en")).times
    wanted = next(start for start in free if start != row.starts_at)
    await move(house.context, patient, appointment_id, MoveAppointment(start=wanted, key=uuid4().hex))
    await until(lambda: waits_beyond(house, patient, journey_id, appointment_id))
    async with house.database.transaction(patient) as session:
        told = select(col(JourneyEntry.what)).where(col(JourneyEntry.journey_id) == journey_id)
        story = list(await session.scalars(told.order_by(col(JourneyEntry.version))))
    assert story[-1] == "appointment-moved"


async def test_only_an_appointment_that_is_ahead_is_waited_for(house: RunningHouse) -> None:
    patient, journey_id, appointment_id = await at_session(house)
    async with house.database.transaction(patient) as session:
        row = await session.get_one(Appointment, appointment_id)
    ahead = AppointmentChanged(appointment_id=appointment_id, change="moved", ends=row.ends_at)
    assert await found(house, patient, journey_id, appointment_id) == ahead
    await cancel(house.context, patient, appointment_id, CancelAppointment(key=uuid4().hex, fee=14000))
    assert await found(house, patient, journey_id, appointment_id) is None


async def found(house: RunningHouse, patient: Patient, journey_id: UUID, appointment_id: UUID) -> Event | None:
    asked = FindDeed(
        organization_id=patient.organization_id,
        journey_id=journey_id,
        patient_id=patient.patient_id,
        step="first-session",
        kind="session",
        since=house.context.now(),
        appointment_id=appointment_id,
    )
    async with house.database.transaction(Engine(patient.organization_id)) as session:
        return await kept_deed(session, asked)
