"""Recording an appointment's steps, giving it another time, and whether its session could have been held."""

from datetime import UTC, timedelta

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from temporalio import activity

from domain.actors import Engine
from domain.appointments.state import DOOR_OPENS
from domain.refusals import NotFound, SlotTaken
from models import Appointment, AppointmentType, PlaceStatement
from models.appointment_records import keep_appointment
from models.session import Database
from models.treating import who_may_treat
from workflows.steps import BookingSteps, MoveBooking, RecordAppointment, SessionDue


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

    @activity.defn(name="could_take_place")
    async def could_take_place(self, due: SessionDue) -> bool:
        async with self.database.transaction(Engine(due.organization_id)) as session:
            row = await session.get(Appointment, due.appointment_id)
            if row is None:  # of what is forgotten nobody knows any better
                return True
            kind = await session.get_one(AppointmentType, row.appointment_type_id)
            day = row.starts_at.astimezone(UTC).date()
            place = row.organization_id, row.jurisdiction
            may_treat = await who_may_treat(session, *place, kind, day, only=row.specialist_id)
            return bool(may_treat) and not await _was_turned_away(session, row)


async def _was_turned_away(session: AsyncSession, row: Appointment) -> bool:
    """At the door, from where they had booked. A licence renewed minutes later does not change that."""
    refused = exists().where(
        col(PlaceStatement.appointment_id) == row.id,
        col(PlaceStatement.at) >= row.starts_at - DOOR_OPENS,
        col(PlaceStatement.jurisdiction) == row.jurisdiction,
        col(PlaceStatement.may_be_treated).is_(False),
    )
    return bool(await session.scalar(select(refused)))
