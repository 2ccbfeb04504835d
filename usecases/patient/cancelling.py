"""A patient's cancelling: what it would cost now, and doing it."""

from datetime import datetime, timedelta
from uuid import UUID

from pydantic import AwareDatetime, Field

from domain.actors import Patient
from domain.appointments.machine import check_not_over
from domain.appointments.state import Status, keeps_waiting, status_at
from domain.money import Money
from domain.refusals import NotInThisState
from domain.scheduling.terms import CancellationTerms
from models import Appointment
from models.appointment_records import state_of
from usecases.context import Context
from usecases.patient.progress import journey_moved, version_of
from usecases.permission import needs
from usecases.processes import appointment_handle
from usecases.room.seats import own_appointment
from usecases.scheduling.guarding import ask_guarded
from usecases.views import Command, View
from workflows.appointment import Appointment as AppointmentWorkflow
from workflows.commands import Cancel

BEFORE_START = ("held", "confirmed", "waiting")


class CancellationPreview(View):
    """What cancelling now would cost and give back, under the terms pinned at booking.

    `kept_waiting`: the session should have begun, and it is the specialist who is late; then it costs nothing.
    """

    late: bool
    kept_waiting: bool
    fee: Money
    refund: Money
    free_until: datetime


class CancelAppointment(Command):
    """`fee` is what the patient was told it costs, in minor units: when it costs more by now, it is not done. Nor is it
    when it has been moved away from `start`, if that is said."""

    key: str = Field(min_length=8, max_length=100)
    fee: int = Field(ge=0)
    start: AwareDatetime | None = None


@needs("appointment:book", of="appointment", act="appointment:cancel")
async def cancel(context: Context, patient: Patient, appointment_id: UUID, command: CancelAppointment) -> None:
    """Raises `NotFound`, or `NotInThisState` when it cannot be cancelled, or is not what was shown any more."""
    async with context.database.transaction(patient) as session:
        row = await own_appointment(session, patient, appointment_id)
    if row.status in BEFORE_START and _fee(row, context.now()).amount > command.fee:
        raise NotInThisState
    version = await version_of(context, patient, row.journey_id)
    handle = appointment_handle(context.temporal, appointment_id)
    wanted, key = Cancel(by="patient", most=command.fee, start=command.start), f"cancel/{command.key}"
    await ask_guarded(
        context, patient, appointment_id, lambda: handle.execute_update(AppointmentWorkflow.cancel, wanted, id=key)
    )
    await journey_moved(context, patient, row.journey_id, version)


def preview(row: Appointment, now: datetime) -> CancellationPreview | None:
    """None: it cannot be cancelled any more."""
    if not _can_cancel(row, now):
        return None
    terms = CancellationTerms.model_validate(row.terms)
    fee, price = _fee(row, now), Money(row.amount, row.currency)
    kept_waiting = keeps_waiting(state_of(row), now)
    return CancellationPreview(
        late=terms.is_late(row.starts_at, now) and not kept_waiting,
        kept_waiting=kept_waiting,
        fee=fee,
        refund=price - fee if row.paid else Money(0, row.currency),
        free_until=row.starts_at - timedelta(hours=terms.notice_hours),
    )


def _can_cancel(row: Appointment, now: datetime) -> bool:
    """A hold that has run out is nothing to cancel."""
    if status_at(Status(row.status), row.hold_until, now) not in BEFORE_START:
        return False
    try:
        check_not_over(state_of(row), now)
    except NotInThisState:
        return False
    return True


def _fee(row: Appointment, now: datetime) -> Money:
    price = Money(row.amount, row.currency)
    terms = CancellationTerms.model_validate(row.terms)
    owes = row.paid and not keeps_waiting(state_of(row), now)
    return terms.fee(price, row.starts_at, now, "patient") if owes else Money(0, row.currency)
