"""A payment that comes when the time is held no longer: it goes back, and the patient hears so."""

import pytest

from domain.appointments.state import Status
from tests.workflows.conftest import Clinic
from tests.workflows.fakes import SUCCEEDED, FakeSteps
from tests.workflows.test_appointment import PAY
from workflows.appointment import Appointment
from workflows.commands import Cancel


async def test_what_is_paid_while_the_time_is_given_back_is_returned_and_told(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.appointment()
    steps.answers.append(SUCCEEDED)
    await handle.execute_update(Appointment.cancel, Cancel(by="patient", unpaid=True))
    assert await clinic.end(handle) is Status.CANCELLED
    assert [(refund.amount.amount, refund.retained.amount) for refund in steps.refunds] == [(12000, 0)]
    (told,) = steps.messages
    assert (told.template, told.role, told.appointment_id) == (
        "payment-returned",
        "patient",
        steps.refunds[0].appointment_id,
    )


async def test_what_is_heard_of_too_late_to_meet_is_told(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.appointment(in_hours=3)
    steps.answers += [OSError("the vendor is away")] * 18 + [SUCCEEDED, SUCCEEDED]
    assert await clinic.end(handle) is Status.CANCELLED
    assert (len(steps.refunds), steps.templates) == (1, ["payment-returned"])


@pytest.mark.parametrize("hold_minutes", [5, -5], ids=["held", "over"])
async def test_what_the_vendor_says_after_the_start_goes_back(
    clinic: Clinic, steps: FakeSteps, hold_minutes: int
) -> None:
    """The worker was away over the start; the vendor's word has waited for it."""
    steps.answers += [SUCCEEDED, SUCCEEDED]
    handle = await clinic.appointment(in_hours=-1, hold_minutes=hold_minutes, signal="payment_changed")
    assert await clinic.end(handle) is Status.CANCELLED
    check_it_went_back(steps)


async def test_what_is_settled_after_the_start_goes_back(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.appointment(in_hours=-1)
    steps.answers += [SUCCEEDED, SUCCEEDED]
    await handle.execute_update(Appointment.settle)
    assert await clinic.end(handle) is Status.CANCELLED
    check_it_went_back(steps)


async def test_what_is_paid_after_the_start_goes_back(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.appointment(in_hours=-1)
    steps.answers += [SUCCEEDED, SUCCEEDED]
    await handle.execute_update(Appointment.pay, PAY)
    assert await clinic.end(handle) is Status.CANCELLED
    check_it_went_back(steps)


def check_it_went_back(steps: FakeSteps) -> None:
    """Nobody is told to come, nobody is absent."""
    (last,) = steps.appointments
    assert (last.status, last.cancelled_by, last.absent, last.fee) == (Status.CANCELLED, "organization", None, 0)
    assert [(refund.amount.amount, refund.retained.amount) for refund in steps.refunds] == [(12000, 0)]
    assert steps.templates == ["payment-returned"]


async def test_where_nothing_was_paid_there_is_nothing_to_tell(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.appointment()
    await handle.execute_update(Appointment.cancel, Cancel(by="patient"))
    assert await clinic.end(handle) is Status.CANCELLED
    assert (steps.refunds, steps.messages) == ([], [])
