"""A session that could not have been held on our side: nobody is absent from it, and it costs the patient nothing."""

from domain.appointments.state import Status
from tests.workflows.conftest import Clinic
from tests.workflows.fakes import FakeSteps
from tests.workflows.test_appointment import HOUR, booked, until_start
from workflows.appointment import Appointment
from workflows.commands import Cancel


async def check_we_cancelled(steps: FakeSteps) -> None:
    last = steps.appointments[-1]
    assert (last.status, last.cancelled_by, last.absent, last.late, last.fee) == (
        Status.CANCELLED, "organization", None, False, 0,
    )  # fmt: skip
    assert [(refund.amount.amount, refund.retained.amount) for refund in steps.refunds] == [(12000, 0)]
    assert steps.templates == ["confirmation", "reminder", "reminder", "cancelled"]


async def test_whoever_is_kept_out_by_us_is_not_absent(clinic: Clinic, steps: FakeSteps) -> None:
    steps.possible = False
    handle = await booked(clinic)
    assert await clinic.end(handle) is Status.CANCELLED
    await check_we_cancelled(steps)


async def test_nor_is_the_specialist_who_may_not_let_them_in(clinic: Clinic, steps: FakeSteps) -> None:
    steps.possible = False
    handle = await booked(clinic)
    await until_start(clinic, handle)
    await handle.execute_update(Appointment.arrive)
    assert await clinic.end(handle) is Status.CANCELLED
    await check_we_cancelled(steps)


async def test_nor_does_it_cost_anything_to_call_it_off(clinic: Clinic, steps: FakeSteps) -> None:
    steps.possible = False
    handle = await booked(clinic)
    await until_start(clinic, handle, -HOUR / 2)
    await handle.execute_update(Appointment.cancel, Cancel(by="patient", most=6000))
    assert await clinic.end(handle) is Status.CANCELLED
    await check_we_cancelled(steps)


async def test_nor_is_anybody_absent_while_the_engine_stands_still(clinic: Clinic, steps: FakeSteps) -> None:
    """The session began an hour ago, and only now does the appointment wake."""
    handle = await clinic.appointment(in_hours=-1, known={"status": Status.CONFIRMED, "paid": True, "reminded": 2})
    assert await clinic.end(handle) is Status.CANCELLED
    last = steps.appointments[-1]
    assert (last.cancelled_by, last.absent, last.fee) == ("organization", None, 0)
    assert [(refund.amount.amount, refund.retained.amount) for refund in steps.refunds] == [(12000, 0)]
    assert steps.templates == ["cancelled"]
