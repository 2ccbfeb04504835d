"""Every way an appointment may go, with skipped time; replayed afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError, WorkflowUpdateStage

from domain.appointments.state import Status
from domain.refusals import Refusal
from tests.workflows.conftest import Clinic
from tests.workflows.fakes import SUCCEEDED, FakeSteps
from usecases.processes import refusal_in
from workflows.appointment import Appointment
from workflows.commands import Cancel, Pay, Reschedule
from workflows.steps import PaymentResult

Handle = WorkflowHandle[Appointment, Status]
PAY = Pay(payment_method="pm_1", attempt="1", return_url="http://a.localhost", cancel_url="http://a.localhost")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


async def booked(clinic: Clinic, in_hours: float = 72) -> Handle:
    handle = await clinic.appointment(in_hours)
    clinic.steps.answers.append(SUCCEEDED)
    await handle.execute_update(Appointment.pay, PAY)
    await clinic.sleep(timedelta(seconds=1))
    return handle


async def until_start(clinic: Clinic, handle: Handle, offset: timedelta = timedelta(0)) -> None:
    state = await handle.query(Appointment.state)
    await clinic.sleep(state.start + offset - await clinic.now())


async def refused(update: Any) -> Refusal | None:
    with pytest.raises(WorkflowUpdateFailedError) as caught:
        await update
    return refusal_in(caught.value)


async def test_the_whole_way(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await booked(clinic)
    assert steps.templates == ["confirmation"]
    await until_start(clinic, handle, -5 * MINUTE)
    assert steps.templates == ["confirmation", "reminder", "reminder"]
    told = [await handle.execute_update(update) for update in (Appointment.arrive, Appointment.admit)]
    assert [record.status for answer in told for record in answer.records] == [Status.WAITING, Status.IN_SESSION]
    await handle.execute_update(Appointment.finish)
    assert await clinic.end(handle) is Status.COMPLETED
    assert [record.line.what for record in steps.appointments] == [
        "confirmed", "reminded", "reminded", "patient-arrived", "admitted", "completed",
    ]  # fmt: skip
    assert steps.refunds == []


async def test_a_free_appointment_is_confirmed_at_once(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.appointment(price=0)
    await handle.execute_update(Appointment.cancel, Cancel(by="patient"))
    assert await clinic.end(handle) is Status.CANCELLED
    assert (steps.payments, steps.refunds) == ([], [])


async def test_an_unpaid_hold_ends_after_its_time(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.appointment()
    assert await clinic.end(handle) is Status.RELEASED
    assert (steps.messages, steps.refunds) == ([], [])


async def test_a_payment_in_the_last_second_wins_over_the_clock(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.appointment()
    steps.answers.append(SUCCEEDED)
    await clinic.sleep(16 * MINUTE)
    assert (await handle.query(Appointment.state)).status is Status.CONFIRMED
    await handle.execute_update(Appointment.cancel, Cancel(by="organization"))
    await clinic.end(handle)
    assert [refund.amount.amount for refund in steps.refunds] == [12000]


async def test_a_declined_card_leaves_the_hold(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.appointment()
    steps.answers.append(PaymentResult(status="declined", decline_code="card_declined"))
    answer = await handle.execute_update(Appointment.pay, PAY)
    assert (answer.status, (await handle.query(Appointment.state)).status) == ("declined", Status.HELD)
    steps.answers.append(SUCCEEDED)
    again = await handle.execute_update(Appointment.pay, PAY.model_copy(update={"attempt": "2"}))
    assert (again.status, (await handle.query(Appointment.state)).status) == ("succeeded", Status.CONFIRMED)
    await handle.execute_update(Appointment.cancel, Cancel(by="patient"))
    await clinic.end(handle)


async def test_the_vendors_page_is_settled_when_the_patient_is_back(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.appointment()
    steps.answers.append(PaymentResult(status="open", action_url="http://vendor.localhost"))
    await handle.execute_update(Appointment.pay, PAY)
    steps.answers.append(SUCCEEDED)
    assert (await handle.execute_update(Appointment.settle)).status == "succeeded"
    assert (await handle.query(Appointment.state)).status is Status.CONFIRMED
    await handle.execute_update(Appointment.cancel, Cancel(by="patient"))
    await clinic.end(handle)


async def test_the_vendors_word_alone_settles(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.appointment()
    steps.answers.append(SUCCEEDED)
    await handle.signal(Appointment.payment_changed)
    await clinic.sleep(MINUTE)
    assert (await handle.query(Appointment.state)).status is Status.CONFIRMED
    await handle.signal(Appointment.payment_changed)
    await handle.execute_update(Appointment.cancel, Cancel(by="patient"))
    await clinic.end(handle)


async def test_a_cancelled_appointment_reminds_nobody(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await booked(clinic)
    await handle.execute_update(Appointment.cancel, Cancel(by="patient"))
    await clinic.end(handle)
    await clinic.sleep(timedelta(days=5))
    assert steps.templates == ["confirmation", "cancelled"]
    assert [(refund.amount.amount, refund.retained.amount) for refund in steps.refunds] == [(12000, 0)]


async def test_cancelling_late_costs_what_the_terms_say(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await booked(clinic, in_hours=5)
    await handle.execute_update(Appointment.cancel, Cancel(by="patient"))
    await clinic.end(handle)
    assert [(refund.amount.amount, refund.retained.amount) for refund in steps.refunds] == [(6000, 6000)]


async def test_cancelling_an_unpaid_hold_gives_back_what_came_in_meanwhile(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.appointment()
    steps.answers.append(SUCCEEDED)
    await handle.execute_update(Appointment.cancel, Cancel(by="patient"))
    await clinic.end(handle)
    assert [refund.amount.amount for refund in steps.refunds] == [12000]


async def test_moving_plans_the_reminders_anew(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await booked(clinic)
    before = await handle.query(Appointment.state)
    wanted = before.start + timedelta(days=2)
    await handle.execute_update(Appointment.reschedule, Reschedule(start=wanted))
    state = await handle.query(Appointment.state)
    assert (state.start, state.moves, state.reminded) == (wanted, 1, 0)
    await until_start(clinic, handle, -5 * MINUTE)
    assert steps.templates == ["confirmation", "moved", "reminder", "reminder"]
    assert [move.start for move in steps.moves] == [wanted]
    await handle.execute_update(Appointment.cancel, Cancel(by="specialist"))
    await clinic.end(handle)


async def test_a_taken_time_changes_nothing(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await booked(clinic)
    before = await handle.query(Appointment.state)
    steps.taken = True
    refusal = await refused(
        handle.execute_update(Appointment.reschedule, Reschedule(start=before.start + timedelta(days=1)))
    )
    assert type(refusal).__name__ == "SlotTaken"
    assert await handle.query(Appointment.state) == before
    await handle.execute_update(Appointment.cancel, Cancel(by="specialist"))
    await clinic.end(handle)


async def test_a_move_to_where_it_is_changes_nothing(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await booked(clinic)
    before = await handle.query(Appointment.state)
    refusal = await refused(handle.execute_update(Appointment.reschedule, Reschedule(start=before.start)))
    assert type(refusal).__name__ == "AlreadyThen"
    assert await handle.query(Appointment.state) == before
    assert (steps.moves, steps.templates) == ([], ["confirmation"])
    await handle.execute_update(Appointment.cancel, Cancel(by="specialist"))
    await clinic.end(handle)


async def test_two_moves_to_one_time_are_one(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await booked(clinic)
    wanted = Reschedule(start=(await handle.query(Appointment.state)).start + timedelta(days=2))
    steps.road.clear()
    first, second = [
        await handle.start_update(Appointment.reschedule, wanted, wait_for_stage=WorkflowUpdateStage.ACCEPTED)
        for _ in range(2)
    ]
    steps.road.set()
    await first.result()
    assert type(await refused(second.result())).__name__ == "AlreadyThen"
    assert (await handle.query(Appointment.state)).moves == len(steps.moves) == 1
    await handle.execute_update(Appointment.cancel, Cancel(by="specialist"))
    await clinic.end(handle)


async def test_a_patient_who_does_not_come(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await booked(clinic)
    assert await clinic.end(handle) is Status.NO_SHOW
    assert steps.appointments[-1].absent == "patient"
    assert [(refund.amount.amount, refund.retained.amount) for refund in steps.refunds] == [(0, 12000)]
    assert steps.templates == ["confirmation", "reminder", "reminder", "missed"]


async def test_a_specialist_who_does_not_come(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await booked(clinic)
    await until_start(clinic, handle)
    await handle.execute_update(Appointment.arrive)
    assert await clinic.end(handle) is Status.NO_SHOW
    assert steps.appointments[-1].absent == "specialist"
    assert [record.version for record in steps.appointments] == list(range(1, len(steps.appointments) + 1))
    assert [(refund.amount.amount, refund.retained.amount) for refund in steps.refunds] == [(12000, 0)]


async def test_who_comes_at_the_last_moment_can_still_be_let_in(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await booked(clinic)
    await until_start(clinic, handle, 14 * MINUTE)
    await handle.execute_update(Appointment.arrive)
    await clinic.sleep(9 * MINUTE)
    await handle.execute_update(Appointment.admit)
    await handle.execute_update(Appointment.finish)
    assert await clinic.end(handle) is Status.COMPLETED
    assert (steps.appointments[-1].absent, steps.refunds) == (None, [])


async def test_who_gives_up_waiting_after_the_start_gets_everything_back(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await booked(clinic)
    await until_start(clinic, handle, -5 * MINUTE)
    await handle.execute_update(Appointment.arrive)
    await clinic.sleep(10 * MINUTE)
    await handle.execute_update(Appointment.cancel, Cancel(by="patient", most=0))
    assert await clinic.end(handle) is Status.CANCELLED
    assert (steps.appointments[-1].late, steps.appointments[-1].fee) == (False, 0)
    assert [(refund.amount.amount, refund.retained.amount) for refund in steps.refunds] == [(12000, 0)]


async def test_a_session_nobody_ends(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await booked(clinic)
    await until_start(clinic, handle)
    await handle.execute_update(Appointment.arrive)
    await handle.execute_update(Appointment.admit)
    assert await clinic.end(handle) is Status.COMPLETED
    assert steps.refunds == []


async def test_what_does_not_fit_is_refused_and_writes_nothing(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.appointment()
    assert (await handle.query(Appointment.state)).status is Status.HELD
    events = (await handle.describe()).history_length
    for update in (
        handle.execute_update(Appointment.admit),
        handle.execute_update(Appointment.finish),
        handle.execute_update(Appointment.arrive),
        handle.execute_update(Appointment.reschedule, Reschedule(start=await clinic.now())),
    ):
        assert await refused(update) is not None
    assert (await handle.describe()).history_length == events
    assert steps.appointments == []
    await clinic.end(handle)


async def test_the_same_command_twice_is_one_effect(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await booked(clinic)
    for _ in range(2):
        await handle.execute_update(Appointment.cancel, Cancel(by="patient"), id="the-form's-key")
    await clinic.end(handle)
    assert len(steps.refunds) == 1


async def test_a_message_waits_for_the_morning(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.appointment()
    steps.answers.append(SUCCEEDED)
    steps.night.append(await clinic.now() + 9 * HOUR)
    await handle.execute_update(Appointment.pay, PAY)
    await clinic.sleep(8 * HOUR)
    assert steps.templates == []
    await clinic.sleep(2 * HOUR)
    assert steps.templates == ["confirmation"]
    await handle.execute_update(Appointment.cancel, Cancel(by="patient"))
    await clinic.end(handle)
