"""The workflow that guards a held time, and the holds that nobody guards.

A process may die between taking a time and starting its appointment's workflow. Until the hold's time is up, whoever
asks something of the appointment starts the workflow then; afterwards the hold counts for nobody, and whoever wants the
time has it released.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from domain.actors import Engine, House, Patient
from domain.appointments import machine
from domain.appointments.records import record_of
from domain.appointments.state import Status, status_at
from domain.refusals import NotInThisState
from models import Appointment, AppointmentType, Brand, Engagement, Organization, Person
from models import Patient as PatientRow
from models.appointment_records import state_of
from usecases.context import Context
from usecases.processes import appointment_exists, ask
from usecases.records import record_appointment
from workflows import TASK_QUEUE, search_attributes
from workflows.appointment import Appointment as AppointmentWorkflow
from workflows.ids import appointment_workflow_id
from workflows.steps import RecordAppointment

T = TypeVar("T")
LONGEST = timedelta(hours=12)
"""No session, buffers included, is longer."""


async def guard(context: Context, patient: Patient, row: Appointment) -> None:
    """Start the appointment's workflow; a second start of the same hold finds it running."""
    async with context.database.transaction(patient) as session:
        subject = await session.get_one(PatientRow, patient.patient_id)
        person = await session.get_one(Person, subject.person_id)
        organization = await session.get_one(Organization, patient.organization_id)
        brand = await session.get_one(Brand, patient.brand_id)
        offer = await session.get_one(AppointmentType, row.appointment_type_id)
    known = {"patient_zone": person.time_zone, "reminders": tuple(offer.reminders), "arrival_counts": True}
    await context.keyring.assign(appointment_workflow_id(row.id), person.id)
    try:
        await ask(
            context.temporal.start_workflow(
                AppointmentWorkflow.run,
                state_of(row).model_copy(update=known),
                id=appointment_workflow_id(row.id),
                task_queue=TASK_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                search_attributes=search_attributes.at_start(organization.key, brand.key, "booking", "patient"),
                static_summary=f"{offer.key} of {brand.key}, {row.starts_at:%Y-%m-%d %H:%M} UTC",
                static_details=f"Journey: {row.journey_id or 'none'}",
            )
        )
    except WorkflowAlreadyStartedError:
        return


async def ask_guarded(context: Context, patient: Patient, appointment_id: UUID, call: Callable[[], Awaitable[T]]) -> T:
    """As `ask` does; of a hold that nobody guards yet, once more when somebody does."""
    try:
        return await ask(call())
    except NotInThisState:
        async with context.database.transaction(patient) as session:
            row = await session.get_one(Appointment, appointment_id)
        if has_run_out(context, row) or row.status != Status.HELD or await _is_guarded(context, row):
            raise
    await guard(context, patient, row)
    return await ask(call())


def has_run_out(context: Context, row: Appointment) -> bool:
    """Whether the hold is over, written down or not."""
    return status_at(Status(row.status), row.hold_until, context.now()) is Status.RELEASED


async def release_in_the_way(context: Context, patient: Patient, specialist_id: UUID, start: datetime) -> bool:
    """Release the holds beside `start` that have run out and that nobody guards; False: there are none."""
    rows = [row for each in await _engaging(context, specialist_id) for row in await _beside(context, each, start)]
    wanted = [row for row in rows if row.specialist_id == specialist_id or row.patient_id == patient.patient_id]
    return sum([await release_unguarded(context, row) for row in wanted]) > 0


async def release_unguarded(context: Context, row: Appointment) -> bool:
    """As the workflow would have done; where there is one, it alone decides, because it knows what is being paid."""
    if row.status != Status.HELD or await _is_guarded(context, row):
        return False
    record = record_of(machine.release(state_of(row), context.now()))
    released = RecordAppointment(organization_id=row.organization_id, appointment_id=row.id, records=(record,))
    await record_appointment(context, released)
    return True


async def _is_guarded(context: Context, row: Appointment) -> bool:
    return await appointment_exists(context.temporal, row.id)


async def _engaging(context: Context, specialist_id: UUID) -> list[UUID]:
    """Whoever's patient holds the specialist's time: it is one calendar for all organizations."""
    engaging = select(col(Engagement.organization_id)).where(col(Engagement.specialist_id) == specialist_id)
    async with context.database.transaction(House()) as session:
        return list(await session.scalars(engaging.distinct()))


async def _beside(context: Context, organization_id: UUID, start: datetime) -> list[Appointment]:
    held = select(Appointment).where(
        col(Appointment.status) == Status.HELD,
        col(Appointment.hold_until) <= context.now(),
        col(Appointment.starts_at) < start + LONGEST,
        col(Appointment.ends_at) > start - LONGEST,
    )
    async with context.database.transaction(Engine(organization_id)) as session:
        return list(await session.scalars(held))
