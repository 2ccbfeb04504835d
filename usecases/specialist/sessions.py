"""Holding a session: admit who waits, finish, or cancel beforehand."""

from uuid import UUID

from domain.actors import Specialist
from domain.refusals import NotFound, NotInThisState, PatientElsewhere
from models import Appointment
from usecases.context import Context
from usecases.permission import needs
from usecases.processes import appointment_handle, ask
from usecases.records import catch_up_appointment, record_appointment
from usecases.room.place import stated
from usecases.room.seats import own_appointment
from usecases.room.signals import clear_room
from workflows.appointment import Appointment as AppointmentWorkflow
from workflows.commands import Cancel


@needs("session:lead", of="appointment")
async def admit(context: Context, specialist: Specialist, appointment_id: UUID) -> None:
    """Let the waiting patient in. Raises `NotFound`, `NotInThisState`, `PatientElsewhere`."""
    async with context.database.transaction(specialist) as session:
        said = await stated(session, await own_appointment(session, specialist, appointment_id))
    if said is not None and not said.may_be_treated:
        raise PatientElsewhere
    handle = appointment_handle(context.temporal, appointment_id)
    try:
        record = await ask(handle.execute_update(AppointmentWorkflow.admit, id="admit"))
    except NotInThisState:
        await catch_up_appointment(context, appointment_id)
        raise
    await record_appointment(context, record)


@needs("session:lead", of="appointment")
async def finish(context: Context, specialist: Specialist, appointment_id: UUID) -> None:
    """End the session under way; the room's signals are forgotten. Raises `NotFound`, `NotInThisState`."""
    await own(context, specialist, appointment_id)
    handle = appointment_handle(context.temporal, appointment_id)
    await ask(handle.execute_update(AppointmentWorkflow.finish, id="finish"))
    async with context.database.transaction(specialist) as session:
        await clear_room(session, appointment_id)


@needs("appointment:cancel", of="appointment")
async def cancel(context: Context, specialist: Specialist, appointment_id: UUID) -> None:
    """Costs the patient nothing: what was paid goes back. Raises `NotFound`, `NotInThisState`."""
    row = await own(context, specialist, appointment_id)
    if row.status in ("held", "released"):
        raise NotFound
    handle = appointment_handle(context.temporal, appointment_id)
    await ask(handle.execute_update(AppointmentWorkflow.cancel, Cancel(by="specialist"), id="cancel-by-specialist"))


async def own(context: Context, specialist: Specialist, appointment_id: UUID) -> Appointment:
    """Raises `NotFound` for an absent or foreign appointment."""
    async with context.database.transaction(specialist) as session:
        return await own_appointment(session, specialist, appointment_id)
