"""Recording an appointment's steps, and giving it another time."""

from datetime import timedelta

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from temporalio import activity

from domain.actors import Engine
from domain.refusals import NotFound, SlotTaken
from models import Appointment, AppointmentType
from models.appointment_records import keep_appointment
from models.session import Database
from workflows.steps import BookingSteps, MoveBooking, RecordAppointment


class Booking(BookingSteps):
    def __init__(self, database: Database) -> None:
        self.database = database

    @activity.defn(name="record_appointment")
    async def record_appointment(self, record: RecordAppointment) -> None:
        async with self.database.transaction(Engine(record.organization_id)) as session:
            await keep_appointment(session, record)

    @activity.defn(name="move_booking")
    async def move_booking(self, move: MoveBooking) -> None:
        try:
            async with self.database.transaction(Engine(move.organization_id)) as session:
                appointment = await session.get(Appointment, move.appointment_id, with_for_update=True)
                if appointment is None:
                    raise NotFound
                kind = await session.get_one(AppointmentType, appointment.appointment_type_id)
                appointment.starts_at, appointment.ends_at = move.start, move.end
                before, after = timedelta(minutes=kind.before), timedelta(minutes=kind.after)
                appointment.blocked = Range(move.start - before, move.end + after)
        except IntegrityError as clash:
            raise SlotTaken from clash
