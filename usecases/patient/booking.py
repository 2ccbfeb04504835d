"""Booking by oneself: hold a time for the journey that waits for it, and move an appointment to another time."""

import contextlib
from datetime import timedelta
from uuid import UUID

from pydantic import AwareDatetime, Field
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actors import Patient
from domain.journeys.state import AppointmentHeld
from domain.refusals import NotFound, NotLicensedThere, SlotNotOffered, SlotTaken, StepNotOpen
from domain.scheduling.interval import Interval
from domain.scheduling.slots import is_offered
from models import Appointment, AppointmentType, Specialist
from models import Patient as PatientRow
from usecases.context import Context
from usecases.journeys import tell
from usecases.processes import appointment_handle, ask
from usecases.scheduling.availability import availabilities, rule_of
from usecases.scheduling.directory import who_may_treat
from usecases.scheduling.holding import Hold, hold
from usecases.views import Command
from workflows.appointment import Appointment as AppointmentWorkflow
from workflows.appointment import Reschedule


class MoveAppointment(Command):
    """`start` is the new time; the payment stays with the appointment."""

    start: AwareDatetime
    key: str = Field(min_length=8, max_length=100)


async def book(context: Context, patient: Patient, command: Hold) -> UUID:
    """Hold the time, and tell the journey it is held for. Raises as `hold` does."""
    appointment_id = await hold(context, patient, command)
    if command.journey_id is not None:
        with contextlib.suppress(StepNotOpen):  # the appointment's own word brings the journey along later
            await tell(
                context, command.journey_id, AppointmentHeld(appointment_id=appointment_id), f"held/{command.key}"
            )
    return appointment_id


async def move(context: Context, patient: Patient, appointment_id: UUID, command: MoveAppointment) -> None:
    """Raises `NoticeTooShort`, `SlotNotOffered`, `SlotTaken`, `NotLicensedThere`, `NotInThisState`, `NotFound`."""
    async with context.database.transaction(patient) as session:
        row = await session.get(Appointment, appointment_id)
        if row is None or row.patient_id != patient.patient_id:
            raise NotFound
        if row.starts_at != command.start:
            await _check_free(session, context, patient, row, command)
    handle = appointment_handle(context.temporal, appointment_id)
    wanted = Reschedule(start=command.start)
    await ask(handle.execute_update(AppointmentWorkflow.reschedule, wanted, id=f"move/{command.key}"))


async def _check_free(
    session: AsyncSession, context: Context, patient: Patient, row: Appointment, command: MoveAppointment
) -> None:
    """The same rule that made the offers; a race for the time is left to the database."""
    now = context.now()
    kind = await session.get_one(AppointmentType, row.appointment_type_id)
    where = (await session.get_one(PatientRow, patient.patient_id)).jurisdiction
    allowed = await who_may_treat(session, patient.organization_id, where, kind, now.date())
    if row.specialist_id not in {specialist.id for specialist in allowed}:
        raise NotLicensedThere
    specialist = await session.get_one(Specialist, row.specialist_id)
    around = Interval(command.start - timedelta(days=2), command.start + timedelta(days=2))
    known = (await availabilities(session, {specialist.id: specialist.time_zone}, around, row.id))[specialist.id]
    if not is_offered(known, rule_of(kind), now, command.start, patient.organization_id):
        blocked = rule_of(kind).blocked(command.start)
        raise SlotTaken if any(blocked.overlaps(busy) for busy in known.busy) else SlotNotOffered
