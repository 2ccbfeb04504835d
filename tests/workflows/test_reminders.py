"""After a long silence of the engine one reminder goes out, and not one for each that has come due."""

from domain.appointments.state import Status
from tests.workflows.conftest import Clinic
from tests.workflows.fakes import FakeSteps
from workflows.appointment import Appointment


async def test_only_the_last_of_several_that_are_due_goes_out(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.appointment(in_hours=1, known={"status": Status.CONFIRMED, "paid": True})
    await clinic.end(handle)
    reminders = [message.key.rsplit("/", 3)[1:] for message in steps.messages if message.template == "reminder"]
    assert reminders == [["reminder", "0", "1"]]
    state = await handle.query(Appointment.state)
    assert state.reminded == 2


async def test_the_one_that_is_still_to_come_goes_out_too(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.appointment(in_hours=20, known={"status": Status.CONFIRMED, "paid": True})
    await clinic.end(handle)
    reminders = [message.key.rsplit("/", 3)[1:] for message in steps.messages if message.template == "reminder"]
    assert reminders == [["reminder", "0", "0"], ["reminder", "0", "1"]]
