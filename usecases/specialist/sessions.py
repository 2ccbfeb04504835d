"""Holding a session: admit who waits or begin without a room, finish, or cancel beforehand."""

from collections.abc import Awaitable
from typing import TypeVar
from uuid import UUID

from pydantic import AwareDatetime

from domain.actors import Engine, Specialist
from domain.appointments import machine
from domain.refusals import InvalidInput, NotFound, NotInThisState, PatientElsewhere, PatientNotConsented
from models import Appointment
from models.appointment_records import state_of
from usecases.audit.noting import note
from usecases.context import Context
from usecases.permission import needs
from usecases.places import KnownPlace
from usecases.processes import appointment_handle, ask
from usecases.records import catch_up_appointment, record_appointment
from usecases.room.place import keep_place, licensed, stated
from usecases.room.seats import own_appointment
from usecases.room.signals import clear_room
from usecases.scheduling.eligibility import missing_consents
from usecases.views import Command
from workflows.appointment import Appointment as AppointmentWorkflow
from workflows.commands import Cancel

T = TypeVar("T")


@needs("session:lead", of="appointment")
async def admit(context: Context, specialist: Specialist, appointment_id: UUID) -> None:
    """Let the waiting patient in. Raises `NotFound`, `NotInThisState`, `PatientElsewhere`."""
    async with context.database.transaction(specialist) as session:
        said = await stated(session, await own_appointment(session, specialist, appointment_id))
    if said is not None and not said.may_be_treated:
        raise PatientElsewhere
    handle = appointment_handle(context.temporal, appointment_id)
    record = await _led(context, appointment_id, handle.execute_update(AppointmentWorkflow.admit, id="admit"))
    await record_appointment(context, record)


class BeginSession(Command):
    """`jurisdiction`: where the patient says to be, whom nobody sees: asked at the beginning of a call."""

    jurisdiction: KnownPlace | None = None


@needs("session:lead", of="appointment")
async def begin(context: Context, specialist: Specialist, appointment_id: UUID, command: BeginSession) -> None:
    """A session without a room: the patient is on the phone, or there. Raises `NotFound`, `SessionNotNow`,
    `NotInThisState`, `PatientNotConsented`, `InvalidInput` for a call without a place, `PatientElsewhere`."""
    row = await own(context, specialist, appointment_id)
    machine.begin(state_of(row), context.now())
    async with context.database.transaction(Engine(row.organization_id)) as session:
        if await missing_consents(session, row.patient_id):
            raise PatientNotConsented
        came_for_nothing = row.modality == "in-person" and not await licensed(session, row, row.jurisdiction)
    if row.modality == "phone" or came_for_nothing:
        await _keep_place(context, specialist, row, row.jurisdiction if came_for_nothing else command.jurisdiction)
    handle = appointment_handle(context.temporal, appointment_id)
    begun = handle.execute_update(AppointmentWorkflow.begin, id=f"begin/{row.moves}")
    await record_appointment(context, await _led(context, appointment_id, begun))


async def _keep_place(context: Context, specialist: Specialist, row: Appointment, jurisdiction: str | None) -> None:
    """Of whoever comes in person only when it keeps the session from beginning: nobody asked them."""
    if jurisdiction is None:
        raise InvalidInput({"jurisdiction": "Ask the patient where they are now, and choose it here."})
    if not await keep_place(context, specialist, row, jurisdiction):
        raise PatientElsewhere
    await note(context, specialist, "place:state", of="appointment", id=row.id)


@needs("session:lead", of="appointment", act="session:no-show")
async def report_no_show(context: Context, specialist: Specialist, appointment_id: UUID) -> None:
    """The patient did not come to a session without a room. Raises `NotFound`, `PatientMayCome`, `NotInThisState`."""
    await own(context, specialist, appointment_id)
    handle = appointment_handle(context.temporal, appointment_id)
    no_show = handle.execute_update(AppointmentWorkflow.report_no_show, id="no-show")
    await _led(context, appointment_id, no_show)


async def _led(context: Context, appointment_id: UUID, call: Awaitable[T]) -> T:
    """Who is refused may have read what is not written down yet."""
    try:
        return await ask(call)
    except NotInThisState:
        await catch_up_appointment(context, appointment_id)
        raise


@needs("session:lead", of="appointment")
async def finish(context: Context, specialist: Specialist, appointment_id: UUID) -> None:
    """End the session under way; the room's signals are forgotten. Raises `NotFound`, `NotInThisState`."""
    await own(context, specialist, appointment_id)
    handle = appointment_handle(context.temporal, appointment_id)
    await ask(handle.execute_update(AppointmentWorkflow.finish, id="finish"))
    async with context.database.transaction(specialist) as session:
        await clear_room(session, appointment_id)


class CancelSession(Command):
    """What has been moved away from `start`, if that is said, is not cancelled."""

    start: AwareDatetime | None = None


@needs("appointment:cancel", of="appointment")
async def cancel(context: Context, specialist: Specialist, appointment_id: UUID, command: CancelSession) -> None:
    """Costs the patient nothing: what was paid goes back. Raises `NotFound`, `NotInThisState`."""
    row = await own(context, specialist, appointment_id)
    if row.status in ("held", "released"):
        raise NotFound
    handle = appointment_handle(context.temporal, appointment_id)
    wanted, key = Cancel(by="specialist", start=command.start), f"cancel-by-specialist/{row.moves}"
    await ask(handle.execute_update(AppointmentWorkflow.cancel, wanted, id=key))


async def own(context: Context, specialist: Specialist, appointment_id: UUID) -> Appointment:
    """Raises `NotFound` for an absent or foreign appointment."""
    async with context.database.transaction(specialist) as session:
        return await own_appointment(session, specialist, appointment_id)
