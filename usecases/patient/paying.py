"""Paying for a held time: with a saved card, or on the vendor's page; what the vendor said when the patient is back."""

from typing import Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlmodel import col

from domain.actors import Patient
from domain.ledger import charge_key
from domain.refusals import HoldExpired, NotInThisState
from models import Appointment, Brand, LedgerIntent
from usecases.context import Context
from usecases.patient.appointment import AppointmentView, appointment
from usecases.patient.cards import check_own
from usecases.patient.progress import journey_moved, version_of
from usecases.permission import needs
from usecases.processes import appointment_handle, ask
from usecases.scheduling.eligibility import check_care
from usecases.scheduling.guarding import ask_guarded
from usecases.scheduling.offers import as_booked
from usecases.views import Command, View
from workflows.appointment import Appointment as AppointmentWorkflow
from workflows.commands import Pay
from workflows.steps import PaymentResult


class PayAppointment(Command):
    """`payment_method`: a saved card, or None: a new one, typed on the vendor's page. `key` names this attempt."""

    key: str = Field(min_length=8, max_length=100)
    payment_method: str | None = Field(default=None, max_length=100)
    save_card: bool = False


class PaymentStep(View):
    """`open` and `requires_action` send the patient to `action_url`; `decline_code` says why when declined."""

    status: Literal["succeeded", "declined", "requires_action", "open", "none"]
    action_url: str | None = None
    decline_code: str | None = None


@needs("appointment:pay", of="appointment")
async def pay(context: Context, patient: Patient, appointment_id: UUID, command: PayAppointment) -> PaymentStep:
    """The vendor's page leads back to the appointment's own pages.

    Raises `HoldExpired`, `NotInThisState`, `NotFound`, `ConsentMissing`, `NotLicensedThere`, `StillWorking`.
    A declined card is an answer. `NotInThisState` also when the key has named an attempt with another card, and when
    the session has begun by now.
    """
    view = await appointment(context, patient, appointment_id, "en")
    if command.payment_method is not None:
        await check_own(context, patient, command.payment_method)
    async with context.database.transaction(patient) as session:
        brand = await session.get_one(Brand, patient.brand_id)
        if view.status == "held":
            row = await session.get_one(Appointment, appointment_id)
            offer = await as_booked(session, row)
            await check_care(session, patient, row.specialist_id, row.starts_at, offer, context.now())
    here = f"{context.portals.address(brand.host)}/appointments/{appointment_id}"
    wanted = Pay(
        payment_method=command.payment_method,
        attempt=command.key,
        return_url=f"{here}/paid",
        cancel_url=f"{here}/pay",
        save_card=command.save_card,
    )
    handle = appointment_handle(context.temporal, appointment_id)
    version = await version_of(context, patient, view.journey_id)
    try:
        result = await ask_guarded(
            context,
            patient,
            appointment_id,
            lambda: handle.execute_update(AppointmentWorkflow.pay, wanted, id=f"pay/{command.key}"),
        )
    except NotInThisState:
        raise await _why_not(context, patient, appointment_id) from None
    await _check_same_card(context, patient, appointment_id, command)
    return await _step(context, patient, view, result, version)


@needs("appointment:pay", of="appointment", act="")
async def settle(context: Context, patient: Patient, appointment_id: UUID) -> PaymentStep:
    """Back from the vendor's page: see how the payment stands. Asking any number of times changes nothing.

    A hold that has just run out is asked too: a payment that went through in its last second wins.
    """
    view = await appointment(context, patient, appointment_id, "en")
    if view.paid:
        return PaymentStep(status="succeeded")
    if view.status not in ("held", "released"):
        raise await _why_not(context, patient, appointment_id)
    version = await version_of(context, patient, view.journey_id)
    handle = appointment_handle(context.temporal, appointment_id)
    try:
        result = await ask(handle.execute_update(AppointmentWorkflow.settle))
    except NotInThisState:
        raise await _why_not(context, patient, appointment_id) from None
    return await _step(context, patient, view, result, version)


async def _check_same_card(context: Context, patient: Patient, appointment_id: UUID, command: PayAppointment) -> None:
    attempt = col(LedgerIntent.key) == charge_key(appointment_id, command.key)
    async with context.database.transaction(patient) as session:
        used = await session.scalar(select(col(LedgerIntent.payment_method)).where(attempt))
    if used is not None and used != (command.payment_method or ""):
        raise NotInThisState


async def _step(
    context: Context, patient: Patient, view: AppointmentView, result: PaymentResult, version: int
) -> PaymentStep:
    """Paid too late to meet, or after it was given back: the money is on its way back."""
    if result.status == "succeeded":
        await journey_moved(context, patient, view.journey_id, version)
        if (await appointment(context, patient, view.id, "en")).cancelled_by:
            raise NotInThisState
    return PaymentStep.model_validate(result.model_dump())


async def _why_not(context: Context, patient: Patient, appointment_id: UUID) -> NotInThisState | HoldExpired:
    """An ended appointment answers nothing any more; its record knows why."""
    view = await appointment(context, patient, appointment_id, "en")
    return HoldExpired() if view.status == "released" and not view.given_back else NotInThisState()
