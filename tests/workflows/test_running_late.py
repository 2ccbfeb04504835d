"""Clocks, databases and vendors that are late: what was decided about an appointment still holds."""

import asyncio
from datetime import timedelta
from typing import get_args

from domain.appointments.state import Status
from domain.refusals import NotInThisState
from domain.scheduling.terms import Party
from tests.workflows.conftest import Clinic
from tests.workflows.fakes import SUCCEEDED, FakeSteps
from tests.workflows.test_appointment import booked, refused
from workflows.appointment import Appointment
from workflows.commands import Cancel, Reschedule

PARTIES: tuple[Party, ...] = get_args(Party)


async def test_a_free_appointment_whose_hold_is_over_is_released(clinic: Clinic, steps: FakeSteps) -> None:
    """Its process died before it began, and somebody else may have the time by now."""
    handle = await clinic.appointment(price=0, hold_minutes=-1)
    assert await clinic.end(handle) is Status.RELEASED
    assert [record.status for record in steps.appointments] == [Status.RELEASED]
    assert (steps.messages, steps.refunds) == ([], [])


async def test_a_payment_heard_of_too_late_to_meet_goes_back(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.appointment(in_hours=3)
    steps.answers += [OSError("the vendor is away")] * 18 + [SUCCEEDED, SUCCEEDED]
    assert await clinic.end(handle) is Status.CANCELLED
    assert steps.appointments[-1].cancelled_by == "organization"
    assert [(refund.amount.amount, refund.retained.amount) for refund in steps.refunds] == [(12000, 0)]
    assert steps.templates == ["payment-returned"]


async def test_whoever_takes_another_time_gives_back_only_what_is_unpaid(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await booked(clinic)
    refusal = await refused(handle.execute_update(Appointment.cancel, Cancel(by="patient", unpaid=True)))
    assert isinstance(refusal, NotInThisState)
    assert (await handle.query(Appointment.state)).status is Status.CONFIRMED
    await handle.execute_update(Appointment.cancel, Cancel(by="patient"))
    await clinic.end(handle)
    held = await clinic.appointment()
    await held.execute_update(Appointment.cancel, Cancel(by="patient", unpaid=True))
    assert await clinic.end(held) is Status.CANCELLED


async def test_cancelling_never_costs_more_than_was_said(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await booked(clinic, in_hours=5)
    refusal = await refused(handle.execute_update(Appointment.cancel, Cancel(by="patient", most=5999)))
    assert isinstance(refusal, NotInThisState)
    assert (await handle.query(Appointment.state)).status is Status.CONFIRMED
    await handle.execute_update(Appointment.cancel, Cancel(by="patient", most=6000))
    await clinic.end(handle)
    assert [(refund.amount.amount, refund.retained.amount) for refund in steps.refunds] == [(6000, 6000)]


async def test_a_move_whose_writing_is_not_known_to_have_failed_is_made(clinic: Clinic, steps: FakeSteps) -> None:
    """Else the pages would show the new time, and the patient be missed at the old one."""
    handle = await booked(clinic)
    wanted = (await handle.query(Appointment.state)).start + timedelta(days=1)
    steps.silent_moves = 14
    moving = asyncio.create_task(handle.execute_update(Appointment.reschedule, Reschedule(start=wanted)))
    while not moving.done():
        await clinic.sleep(timedelta(seconds=10))
    await moving
    assert (await handle.query(Appointment.state)).start == wanted == steps.moves[-1].start
    await handle.execute_update(Appointment.cancel, Cancel(by="specialist"))
    await clinic.end(handle)


async def test_what_was_moved_in_the_meantime_is_not_cancelled_unseen(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await booked(clinic)
    seen = (await handle.query(Appointment.state)).start
    wanted = seen + timedelta(days=1)
    await handle.execute_update(Appointment.reschedule, Reschedule(start=wanted))
    for by in PARTIES:
        assert isinstance(
            await refused(handle.execute_update(Appointment.cancel, Cancel(by=by, start=seen))), NotInThisState
        )
    assert (await handle.query(Appointment.state)).status is Status.CONFIRMED
    assert steps.refunds == []
    await handle.execute_update(Appointment.cancel, Cancel(by="specialist", start=wanted))
    assert await clinic.end(handle) is Status.CANCELLED
