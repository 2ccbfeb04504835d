"""Recording what a workflow answers to a person's deed, before the person is told.

Whoever dies in between leaves a gap. It is closed by the same deed asked again (the workflow answers the same), by the
next person whose deed finds it, or by the workflow itself when a deadline wakes it.
"""

from uuid import UUID

from domain.actors import Engine
from models.appointment_records import appointment_lacks, keep_appointment
from models.journey_records import journey_lacks, keep_journey
from usecases.context import Context
from usecases.processes import appointment_handle, ask, journey_handle
from workflows.appointment import Appointment
from workflows.patient_journey import PatientJourney
from workflows.steps import RecordAppointment, RecordJourney


async def record_journey(context: Context, record: RecordJourney) -> None:
    async with context.database.transaction(Engine(record.organization_id)) as session:
        if not await journey_lacks(session, record):
            await keep_journey(session, record)
            return
    await catch_up_journey(context, record.journey_id)


async def catch_up_journey(context: Context, journey_id: UUID) -> None:
    """Record whatever of the journey's moves was not. Raises `NotInThisState` for one that never began."""
    record = await ask(journey_handle(context.temporal, journey_id).query(PatientJourney.unrecorded))
    async with context.database.transaction(Engine(record.organization_id)) as session:
        await keep_journey(session, record)


async def record_appointment(context: Context, record: RecordAppointment) -> None:
    async with context.database.transaction(Engine(record.organization_id)) as session:
        if not await appointment_lacks(session, record):
            await keep_appointment(session, record)
            return
    await catch_up_appointment(context, record.appointment_id)


async def catch_up_appointment(context: Context, appointment_id: UUID) -> None:
    """Record whatever of the appointment's steps was not. Raises `NotInThisState` for one that never began."""
    record = await ask(appointment_handle(context.temporal, appointment_id).query(Appointment.unrecorded))
    async with context.database.transaction(Engine(record.organization_id)) as session:
        await keep_appointment(session, record)
