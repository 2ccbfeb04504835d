"""What an appointment sets in motion: messages, refunds, word to its journey; beside the appointment's own time."""

import asyncio
from collections.abc import Iterable

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from domain.appointments.state import AppointmentState, CloseHold, Effect, Notify, Refund, TellJourney
from domain.journeys.state import AppointmentChanged
from domain.money import Money
from workflows.appointment_payments import AppointmentPayments
from workflows.calls import MONEY
from workflows.changes import changed
from workflows.delivery import deliver
from workflows.ids import journey_workflow_id
from workflows.steps import PaymentSteps, RecordAppointment, RefundPayment, SendMessage


class AppointmentEffects:
    """`begin` returns at once: a slow vendor delays nothing else. `under_way` is what is not done yet."""

    def __init__(self, state: AppointmentState, payments: AppointmentPayments) -> None:
        self.state = state
        self.payments = payments
        self.under_way: set[asyncio.Task[None]] = set()

    def begin(self, effects: Iterable[Effect], record: RecordAppointment | None) -> None:
        """`record` is what a message takes along."""
        for effect in effects:
            task = asyncio.create_task(self._carry_out(effect, record))
            self.under_way.add(task)
            task.add_done_callback(self.under_way.discard)

    async def _carry_out(self, effect: Effect, record: RecordAppointment | None) -> None:
        match effect:
            case Notify():
                await self._notify(effect, record)
            case CloseHold():
                await self._close()
            case Refund():
                await self._refund(effect)
            case TellJourney():
                await self._tell_journey(effect)

    async def _notify(self, effect: Notify, record: RecordAppointment | None) -> None:
        await deliver(
            SendMessage(
                organization_id=self.state.organization_id,
                appointment_id=self.state.appointment_id,
                template=effect.template,
                key=f"appointment/{self.state.appointment_id}/{effect.key}",
                record=record,
            )
        )

    async def _close(self) -> None:
        """A held appointment was cancelled: what had been paid in the meantime goes back, and the patient hears so."""
        if (await self.payments.end()).status != "succeeded":
            return
        price = self.state.price
        if changed("late-payments-are-told"):
            self.begin([Notify(template="payment-returned", key="payment-returned")], None)
        await self._refund(Refund(amount=price, retained=Money(0, price.currency), key="refund"))

    async def _refund(self, effect: Refund) -> None:
        refund = RefundPayment(
            organization_id=self.state.organization_id,
            appointment_id=self.state.appointment_id,
            amount=effect.amount,
            retained=effect.retained,
            key=effect.key,
            rule_version=f"cancellation-terms/{self.state.terms.version}",
        )
        await workflow.execute_activity_method(PaymentSteps.refund_payment, refund, **MONEY)

    async def _tell_journey(self, effect: TellJourney) -> None:
        if self.state.journey_id is None:
            return
        change = AppointmentChanged(
            appointment_id=self.state.appointment_id,
            change=effect.event,
            absent=effect.absent,
            ends=self.state.end,
        )
        journey = workflow.get_external_workflow_handle(journey_workflow_id(self.state.journey_id))
        try:
            await journey.signal("appointment_changed", change)
        except ApplicationError:
            workflow.logger.info("the journey has ended")
