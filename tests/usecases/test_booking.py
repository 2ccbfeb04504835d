"""Holding, paying, moving and cancelling on the running house."""

import asyncio
from uuid import uuid4

from domain.appointments.state import Status
from domain.journeys.state import AppointmentHeld
from tests.fixtures.house import AURORA, RunningHouse
from tests.usecases.steps import held, journey_at_booking, new_patient, offered
from usecases.journeys import tell
from usecases.processes import appointment_handle, ask, journey_handle
from workflows.appointment import Appointment, Pay
from workflows.patient_journey import PatientJourney


def pay(method: str | None = None) -> Pay:
    return Pay(
        payment_method=method,
        attempt=uuid4().hex,
        return_url="http://aurora.localhost/back",
        cancel_url="http://aurora.localhost/cancel",
    )


async def test_held_paid_and_the_journey_goes_on(house: RunningHouse) -> None:
    patient = await new_patient(house, AURORA)
    journey_id = await journey_at_booking(house, patient)
    appointment_id = await held(house, patient, await offered(house, patient), journey_id)
    await tell(house.context, journey_id, AppointmentHeld(appointment_id=appointment_id), uuid4().hex)
    handle = appointment_handle(house.temporal, appointment_id)
    answer = await ask(handle.execute_update(Appointment.pay, pay()))
    assert answer.payment.status == "open"
    assert answer.payment.action_url
    assert (await house.sandbox.pay(answer.payment.action_url)).status_code == 303
    settled = await ask(handle.execute_update(Appointment.settle))
    assert settled.state.status is Status.CONFIRMED
    journey = journey_handle(house.temporal, journey_id)
    async with asyncio.timeout(5):
        while (await journey.query(PatientJourney.state)).step != "first-session":
            await asyncio.sleep(0.05)
    lines = await house.sql("select 1")
    assert lines
