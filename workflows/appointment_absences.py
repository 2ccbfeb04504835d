"""Nobody is absent from a session that our side could not have held, nor pays for it: it is ours to cancel."""

from temporalio import workflow

from domain.appointments import machine
from domain.appointments.state import AppointmentState, Status
from domain.appointments.waiting import woke_too_late
from workflows.calls import RECORD
from workflows.changes import changed
from workflows.steps import BookingSteps, SessionDue


async def just(current: AppointmentState, step: machine.Step) -> machine.Step:
    """`step`, or the cancellation that takes its place."""
    concerns_nobody = step.state.status is not Status.NO_SHOW and not step.state.fee
    if concerns_nobody or not changed("kept-out-is-not-absent"):
        return step
    if await _could_take_place(current, step.state.status):
        return step
    return machine.cancel(current, "organization", workflow.now())


async def _could_take_place(current: AppointmentState, otherwise: Status) -> bool:
    missed_late = otherwise is Status.NO_SHOW and woke_too_late(current, workflow.now())
    if missed_late and changed("who-stands-still-misses-nobody"):
        return False
    due = SessionDue(organization_id=current.organization_id, appointment_id=current.appointment_id)
    return await workflow.execute_local_activity_method(BookingSteps.could_take_place, due, **RECORD)
