"""Sessions by phone and in person, whose beginning only the specialist knows; with skipped time, replayed after."""

from datetime import timedelta

import pytest

from domain.appointments.state import Status
from domain.refusals import NoRoom, NotInThisState, PatientMayCome, SessionNotNow
from tests.workflows.conftest import Clinic
from tests.workflows.fakes import SUCCEEDED, FakeSteps
from tests.workflows.test_appointment import HOUR, MINUTE, PAY, Handle, refused, until_start
from workflows.appointment import Appointment
from workflows.commands import Cancel


async def booked(clinic: Clinic, modality: str = "phone") -> Handle:
    handle = await clinic.appointment(known={"modality": modality})
    clinic.steps.answers.append(SUCCEEDED)
    await handle.execute_update(Appointment.pay, PAY)
    await clinic.sleep(timedelta(seconds=1))
    return handle


def refunds(steps: FakeSteps) -> list[tuple[int, int]]:
    return [(each.amount.amount, each.retained.amount) for each in steps.refunds]


@pytest.mark.parametrize("modality", ["phone", "in-person"])
async def test_the_whole_way(clinic: Clinic, steps: FakeSteps, modality: str) -> None:
    handle = await booked(clinic, modality)
    assert type(await refused(handle.execute_update(Appointment.begin))) is SessionNotNow
    await until_start(clinic, handle)
    assert type(await refused(handle.execute_update(Appointment.arrive))) is NoRoom
    told = await handle.execute_update(Appointment.begin)
    assert [(record.status, record.patient_arrived) for record in told.records] == [(Status.IN_SESSION, True)]
    await handle.execute_update(Appointment.finish)
    assert await clinic.end(handle) is Status.COMPLETED
    assert [record.line.what for record in steps.appointments] == [
        "confirmed", "reminded", "reminded", "begun", "completed",
    ]  # fmt: skip
    assert refunds(steps) == []


async def test_who_was_not_reached_pays_by_the_terms(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await booked(clinic)
    await until_start(clinic, handle, 5 * MINUTE)
    assert type(await refused(handle.execute_update(Appointment.report_no_show))) is PatientMayCome
    await clinic.sleep(15 * MINUTE)
    await handle.execute_update(Appointment.report_no_show)
    assert await clinic.end(handle) is Status.NO_SHOW
    last = steps.appointments[-1]
    assert (last.absent, last.fee, last.line.by) == ("patient", 12000, "specialist")
    assert refunds(steps) == [(0, 12000)]
    assert steps.templates[-1] == "missed"


async def test_who_was_kept_out_by_us_is_not_absent_on_anybodys_word(clinic: Clinic, steps: FakeSteps) -> None:
    steps.possible = False
    handle = await booked(clinic)
    await until_start(clinic, handle, 20 * MINUTE)
    await handle.execute_update(Appointment.report_no_show)
    assert await clinic.end(handle) is Status.CANCELLED
    assert (steps.appointments[-1].cancelled_by, refunds(steps)) == ("organization", [(12000, 0)])


async def test_whom_nobody_calls_pays_nothing(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await booked(clinic)
    assert await clinic.end(handle) is Status.NO_SHOW
    last = steps.appointments[-1]
    assert (last.absent, last.fee, last.line.by) == ("specialist", 0, "clock")
    assert refunds(steps) == [(12000, 0)]


async def test_who_gives_up_waiting_for_a_call_pays_nothing(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await booked(clinic)
    await until_start(clinic, handle, 26 * MINUTE)
    await handle.execute_update(Appointment.cancel, Cancel(by="patient", most=0))
    assert await clinic.end(handle) is Status.CANCELLED
    assert (steps.appointments[-1].late, refunds(steps)) == (False, [(12000, 0)])


async def test_after_its_end_only_the_specialist_decides(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await booked(clinic)
    await until_start(clinic, handle, HOUR)
    late = handle.execute_update(Appointment.cancel, Cancel(by="patient", most=12000))
    assert type(await refused(late)) is NotInThisState
    assert refunds(steps) == []
    await handle.execute_update(Appointment.begin)
    assert await clinic.end(handle) is Status.COMPLETED


async def test_a_room_is_not_begun_from_outside(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await booked(clinic, "video")
    await until_start(clinic, handle, 5 * MINUTE)
    for update in (Appointment.begin, Appointment.report_no_show):
        assert type(await refused(handle.execute_update(update))) is NotInThisState
    assert await clinic.end(handle) is Status.NO_SHOW
    assert steps.appointments[-1].absent == "patient"
