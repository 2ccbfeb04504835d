"""What the vendor is asked about the money of one appointment."""

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from domain.appointments.state import AppointmentState
from domain.refusals import Refusal, StillWorking
from workflows.calls import MONEY, PERSON_WAITS
from workflows.commands import Pay
from workflows.steps import EndPayments, LookUpPayment, PaymentResult, PaymentSteps, TakePayment


class AppointmentPayments:
    def __init__(self, state: AppointmentState) -> None:
        self.about = {"organization_id": state.organization_id, "appointment_id": state.appointment_id}
        self.price = state.price

    async def take(self, command: Pay) -> PaymentResult:
        """Raises `StillWorking` when the vendor is silent: what became of it has to be looked up."""
        payment = TakePayment.model_validate({**self.about, "amount": self.price, **command.model_dump()})
        try:
            return await workflow.execute_activity_method(PaymentSteps.take_payment, payment, **PERSON_WAITS)
        except ActivityError as failed:
            if isinstance(failed.cause, ApplicationError) and failed.cause.type in Refusal.registry:
                raise
            raise StillWorking from failed

    async def look_up(self) -> PaymentResult:
        look = LookUpPayment.model_validate(self.about)
        return await workflow.execute_activity_method(PaymentSteps.look_up_payment, look, **PERSON_WAITS)

    async def end(self) -> PaymentResult:
        """Afterwards no payment of the hold can succeed; the answer says whether one already had."""
        ended = EndPayments.model_validate(self.about)
        return await workflow.execute_activity_method(PaymentSteps.end_payments, ended, **MONEY)
