"""Appointments in Postgres: their state where pages read it, and their place in the calendar."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import col
from temporalio import activity

from domain.actors import Engine
from domain.appointments.state import AppointmentState
from domain.appointments.waiting import waiting
from domain.refusals import NotFound, SlotTaken
from models import Appointment, AppointmentEntry, AppointmentType
from models.announcements import announce
from models.base import values_of
from models.session import Database
from workflows.steps import BookingSteps, MoveBooking, RecordAppointment


class Booking(BookingSteps):
    def __init__(self, database: Database) -> None:
        self.database = database

    @activity.defn(name="record_appointment")
    async def record_appointment(self, record: RecordAppointment) -> None:
        state = record.state
        async with self.database.transaction(Engine(record.organization_id)) as session:
            newer = (col(Appointment.id) == state.appointment_id) & (col(Appointment.version) < state.version)
            changed = update(Appointment).where(newer).values(columns(state))
            ids = changed.returning(col(Appointment.patient_id), col(Appointment.specialist_id))
            row = (await session.execute(ids)).first()
            if row is None:
                return
            patient_id, specialist_id = row
            known: dict[str, Any] = {"appointment_id": state.appointment_id}
            known |= {"patient_id": patient_id, "specialist_id": specialist_id}
            for line in record.lines:
                entry = AppointmentEntry(organization_id=record.organization_id, **known, **line.model_dump())
                await session.execute(insert(AppointmentEntry).values(values_of(entry)).on_conflict_do_nothing())
            await announce(
                session,
                ("appointment", state.appointment_id),
                ("patient", patient_id),
                ("specialist", specialist_id),
                ("organization", record.organization_id),
            )

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


def columns(state: AppointmentState) -> dict[str, object]:
    """What the table keeps of an appointment's state."""
    wait = waiting(state)
    return {
        "status": state.status,
        "paid": state.paid,
        "fee": state.fee.amount if state.fee else 0,
        "moves": state.moves,
        "cancelled_by": state.cancelled_by or "",
        "absent": state.absent or "",
        "patient_arrived": state.patient_arrived,
        "specialist_arrived": state.specialist_arrived,
        "waits_for": wait.owner if wait else "",
        "until": wait.until if wait else None,
        "then": wait.then if wait else "",
        "version": state.version,
    }
