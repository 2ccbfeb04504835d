"""Booking by oneself: hold a time for the journey that waits for it, and move an appointment to another time."""

import contextlib
from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Patient
from domain.appointments.state import ENDED, Status
from domain.journeys.state import AppointmentHeld
from domain.refusals import BookedMeanwhile, NotFound, NotInThisState, StepNotOpen
from models import Appointment, Journey
from usecases.context import Context
from usecases.journeys import tell
from usecases.patient.progress import appointment_type_at, journey_moved
from usecases.permission import needs
from usecases.processes import appointment_handle, ask
from usecases.records import record_appointment
from usecases.room.seats import own_appointment
from usecases.scheduling.eligibility import check_care, check_slot
from usecases.scheduling.guarding import ask_guarded, has_run_out, release_in_the_way
from usecases.scheduling.holding import Hold, hold
from usecases.scheduling.offers import as_booked
from usecases.views import Command
from usecases.why import definition_of
from workflows.appointment import Appointment as AppointmentWorkflow
from workflows.commands import Cancel, Reschedule


class MoveAppointment(Command):
    """`start` is the new time; the payment stays with the appointment."""

    start: AwareDatetime
    key: str = Field(min_length=8, max_length=100)


@needs("appointment:book")
async def book(context: Context, patient: Patient, command: Hold) -> UUID:
    """Hold the time, and tell the journey it is held for. Another time that is still unpaid is given back: nobody keeps
    times from others for nothing. When it turns out paid, or they chose a third one at once, it is the new one that is
    given back.

    Raises as `hold` does, `NotFound` for a journey that is not the patient's, `StepNotOpen` when it books nothing now,
    `BookedMeanwhile`.
    """
    if command.journey_id is not None:
        await _booking_journey(context, patient, command.journey_id, command.appointment_type)
    beside = set() if command.journey_id else await _unpaid(context, patient)
    appointment_id = await hold(context, patient, command)
    try:
        for earlier in beside - {appointment_id}:
            await _give_back(context, patient, earlier, appointment_id)
        if command.journey_id is not None:
            await _lead_on(context, patient, command, command.journey_id, appointment_id)
    except (BookedMeanwhile, StepNotOpen):
        await _let_go(context, patient, appointment_id, "booked-meanwhile")
        raise
    return appointment_id


@needs("appointment:book", of="appointment", act="appointment:move")
async def move(context: Context, patient: Patient, appointment_id: UUID, command: MoveAppointment) -> None:
    """The same key again is the same move: whether it is, the workflow knows. When it was a move to another time, or
    the appointment has moved on since, that is refused.

    Raises `NoticeTooShort`, `SlotNotOffered`, `SlotTaken`, `AlreadyThen`, `AlreadyBooked`, `ConsentMissing`,
    `NotLicensedThere`, `NotFound`, `NotInThisState`.
    """
    async with context.database.transaction(patient) as session:
        row = await own_appointment(session, patient, appointment_id)
        moves = row.starts_at != command.start
        if moves:
            await _check_free(session, patient, row, command.start, context.now())
    if moves:
        await release_in_the_way(context, patient, row.specialist_id, command.start)
    handle = appointment_handle(context.temporal, appointment_id)
    wanted = Reschedule(start=command.start)
    record = await ask(handle.execute_update(AppointmentWorkflow.reschedule, wanted, id=f"move/{command.key}"))
    await record_appointment(context, record)
    async with context.database.transaction(patient) as session:
        if (await session.get_one(Appointment, appointment_id)).starts_at != command.start:
            raise NotInThisState


async def _check_free(
    session: AsyncSession, patient: Patient, row: Appointment, start: datetime, now: datetime
) -> None:
    """The same rule that made the offers; a race for the time is left to the database."""
    offer = await as_booked(session, row)
    await check_care(session, patient, row.specialist_id, start, offer, now)
    await check_slot(session, patient, row.specialist_id, start, offer, now, but=row.id)


async def _booking_journey(context: Context, patient: Patient, journey_id: UUID, key: str) -> Journey:
    async with context.database.transaction(patient) as session:
        journey = await session.get(Journey, journey_id)
        if journey is None or journey.patient_id != patient.patient_id:
            raise NotFound
        definition = await definition_of(session, journey)
    if journey.status != "active" or appointment_type_at(definition, journey.step) != key:
        raise StepNotOpen
    return journey


async def _held(context: Context, patient: Patient, appointment_id: UUID) -> AppointmentHeld:
    async with context.database.transaction(patient) as session:
        row = await session.get_one(Appointment, appointment_id)
    return AppointmentHeld(appointment_id=appointment_id, ends=row.ends_at)


async def _unpaid(context: Context, patient: Patient) -> set[UUID]:
    """Held outside of any journey."""
    held = select(col(Appointment.id)).where(
        col(Appointment.patient_id) == patient.patient_id,
        col(Appointment.status) == "held",
        col(Appointment.journey_id).is_(None),
    )
    async with context.database.transaction(patient) as session:
        return set(await session.scalars(held))


async def _lead_on(context: Context, patient: Patient, command: Hold, journey_id: UUID, appointment_id: UUID) -> None:
    """The journey goes on with the new time. Raises `StepNotOpen`, or `BookedMeanwhile` when it has another."""
    try:
        journey = await _booking_journey(context, patient, journey_id, command.appointment_type)
    except StepNotOpen:
        await _check_alone(context, patient, journey_id, appointment_id)
        raise
    if journey.appointment_id == appointment_id:
        return
    if journey.step_kind == "pay" and journey.appointment_id is not None:
        await _give_back(context, patient, journey.appointment_id, appointment_id)
        await journey_moved(context, patient, journey.id, journey.version)
    try:
        await tell(context, journey.id, await _held(context, patient, appointment_id), f"held/{command.key}")
    except StepNotOpen:  # the appointment's own word brings the journey along later
        await _check_alone(context, patient, journey_id, appointment_id)


async def _give_back(context: Context, patient: Patient, earlier: UUID, instead: UUID) -> None:
    """Raises `BookedMeanwhile` when it was paid before that."""
    await _let_go(context, patient, earlier, f"instead/{instead}")
    await _check_over(context, patient, earlier)


async def _let_go(context: Context, patient: Patient, appointment_id: UUID, key: str) -> None:
    """It may have been paid or released in the meantime: then it stays as it is."""
    handle = appointment_handle(context.temporal, appointment_id)
    wanted = Cancel(by="patient", unpaid=True)
    with contextlib.suppress(NotInThisState, NotFound):
        await ask_guarded(
            context, patient, appointment_id, lambda: handle.execute_update(AppointmentWorkflow.cancel, wanted, id=key)
        )


async def _check_alone(context: Context, patient: Patient, journey_id: UUID, appointment_id: UUID) -> None:
    """Raises `BookedMeanwhile` when the journey has another appointment than this one."""
    async with context.database.transaction(patient) as session:
        other = (await session.get_one(Journey, journey_id)).appointment_id
    if other is not None and other != appointment_id:
        await _check_over(context, patient, other)


async def _check_over(context: Context, patient: Patient, appointment_id: UUID) -> None:
    async with context.database.transaction(patient) as session:
        row = await session.get_one(Appointment, appointment_id)
    if Status(row.status) not in ENDED and not has_run_out(context, row):
        raise BookedMeanwhile(appointment=str(appointment_id))
