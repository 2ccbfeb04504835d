"""A journey waits for its session beyond the appointment, wherever the patient moves that; replayed afterwards."""

from datetime import timedelta

from domain.appointments.state import Status
from domain.journeys.state import AppointmentChanged, AppointmentHeld
from tests.domain.test_journeys import CONSENTS, phq9
from tests.workflows.conftest import Clinic
from tests.workflows.fakes import SUCCEEDED, FakeSteps
from tests.workflows.test_appointment import PAY
from tests.workflows.test_appointment import Handle as AppointmentHandle
from tests.workflows.test_journey import APPOINTMENT, Handle, act, at_session
from workflows.appointment import Appointment
from workflows.commands import Act, Reschedule
from workflows.patient_journey import PatientJourney

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


async def paid(clinic: Clinic) -> tuple[Handle, AppointmentHandle]:
    """A journey at its session, which is in 50 days."""
    journey = await clinic.journey()
    journey_id = (await journey.query(PatientJourney.state)).journey_id
    appointment = await clinic.appointment(50 * 24, journey_id=journey_id)
    known = await appointment.query(Appointment.state)
    for event in (CONSENTS, phq9(5), AppointmentHeld(appointment_id=known.appointment_id, ends=known.end)):
        await act(journey, event)
    clinic.steps.answers.append(SUCCEEDED)
    await appointment.execute_update(Appointment.pay, PAY)
    await clinic.sleep(SECOND)
    return journey, appointment


async def moved(clinic: Clinic, appointment: AppointmentHandle, days: int) -> None:
    known = await appointment.query(Appointment.state)
    await appointment.execute_update(Appointment.reschedule, Reschedule(start=known.start + days * DAY))
    await clinic.sleep(SECOND)


async def test_a_session_moved_beyond_all_patience_takes_place(clinic: Clinic, steps: FakeSteps) -> None:
    journey, appointment = await paid(clinic)
    await clinic.sleep(45 * DAY)
    await moved(clinic, appointment, 50)
    await clinic.sleep(50 * DAY)
    state = await journey.query(PatientJourney.state)
    assert (state.step, state.escalated) == ("first-session", False)
    assert await clinic.end(appointment) is Status.NO_SHOW
    await clinic.sleep(SECOND)
    assert (await journey.query(PatientJourney.state)).step == "missed"
    story = [line.what for record in steps.journeys for line in record.lines]
    assert story[-2:] == ["appointment-moved", "appointment-missed"]
    await journey.terminate()


async def test_a_journey_that_was_never_told_of_the_move_asks(clinic: Clinic, steps: FakeSteps) -> None:
    """As those that were at their session when moves were not told yet."""
    journey = await at_session(clinic)
    state = await journey.query(PatientJourney.state)
    ends = state.entered_at + 100 * DAY
    word = AppointmentChanged(appointment_id=APPOINTMENT, change="moved", ends=ends)
    steps.deeds.append(Act(event=word))
    await clinic.sleep(95 * DAY)
    state = await journey.query(PatientJourney.state)
    assert (state.step, state.appointment_ends, steps.templates) == ("first-session", ends, [])
    await journey.terminate()
