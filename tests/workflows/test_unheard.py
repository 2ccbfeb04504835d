"""What becomes of an appointment while its journey stands elsewhere is heard where it matters; replayed afterwards."""

from datetime import timedelta

import pytest

from domain.journeys.state import AppointmentHeld, FormCompleted
from tests.domain.test_unheard import plan
from tests.workflows.conftest import Clinic
from tests.workflows.fakes import FakeSteps
from tests.workflows.test_journey import APPOINTMENT, act, hear
from workflows.patient_journey import PatientJourney


@pytest.mark.parametrize(("change", "then"), [("cancelled", "book"), ("completed", "done")])
async def test_while_a_form_is_open(clinic: Clinic, steps: FakeSteps, change: str, then: str) -> None:
    journey = await clinic.journey(plan("book", "pay", "form", "session"))
    await act(journey, AppointmentHeld(appointment_id=APPOINTMENT))
    await hear(clinic, journey, "confirmed")
    assert await hear(clinic, journey, change) == "form"
    assert await act(journey, FormCompleted(form="phq-9")) == then
    if then == "book":
        await journey.terminate()


async def test_a_time_that_runs_out_before_its_session(clinic: Clinic, steps: FakeSteps) -> None:
    journey = await clinic.journey(plan("book", "session"))
    assert await act(journey, AppointmentHeld(appointment_id=APPOINTMENT)) == "session"
    assert await hear(clinic, journey, "released") == "book"
    await journey.terminate()


async def test_patience_rests_while_the_engine_is_away(clinic: Clinic, steps: FakeSteps) -> None:
    """Twenty days, six more than the first step has."""
    journey = await clinic.journey(ago=timedelta(days=20))
    await clinic.sleep(timedelta(days=12))
    assert (await journey.query(PatientJourney.state)).step == "consent"
    assert await clinic.end(journey) == "gone-quiet"
    assert steps.templates == ["nudge", "nudge", "escalation"]


async def test_patience_rests_while_somebody_looks(clinic: Clinic, steps: FakeSteps) -> None:
    """A query splits the task behind a local activity: what the run knows of, it has to know before."""
    journey = await clinic.journey(ago=timedelta(days=20))
    while not (state := await journey.query(PatientJourney.state)).nudges:
        assert state.step == "consent"
    assert state.rested > timedelta(days=17)
    await journey.terminate()
