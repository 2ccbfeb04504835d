"""Journeys over weeks of skipped time; replayed afterwards."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError

from domain.journeys.state import (
    AppointmentChanged,
    AppointmentHeld,
    ConsentsGiven,
    Event,
    FormCompleted,
    NoteSigned,
    TaskDone,
)
from tests.domain.test_journeys import CONSENTS, phq9
from tests.workflows.conftest import Clinic
from tests.workflows.fakes import FakeSteps
from usecases.processes import refusal_in
from workflows.commands import Act
from workflows.patient_journey import PatientJourney

Handle = WorkflowHandle[PatientJourney, Any]
APPOINTMENT = UUID(int=7)


async def act(handle: Handle, event: Event) -> str:
    answer = await handle.execute_update(PatientJourney.act, Act(event=event), id=uuid4().hex)
    return answer.records[-1].step


async def hear(clinic: Clinic, handle: Handle, change: str, absent: str | None = None) -> str:
    word = AppointmentChanged.model_validate({"appointment_id": APPOINTMENT, "change": change, "absent": absent})
    await handle.signal(PatientJourney.appointment_changed, word)
    await clinic.sleep(timedelta(seconds=1))
    return (await handle.query(PatientJourney.state)).step


async def at_session(clinic: Clinic) -> Handle:
    handle = await clinic.journey()
    await act(handle, CONSENTS)
    await act(handle, phq9(5))
    assert await act(handle, AppointmentHeld(appointment_id=APPOINTMENT)) == "pay-first"
    assert await hear(clinic, handle, "confirmed") == "first-session"
    return handle


async def test_the_whole_way(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await at_session(clinic)
    assert await hear(clinic, handle, "completed") == "note"
    assert await act(handle, NoteSigned(appointment_id=APPOINTMENT)) == "feedback"
    assert await act(handle, FormCompleted(form="session-feedback")) == "breather"
    await clinic.sleep(timedelta(days=3, minutes=1))
    assert await act(handle, AppointmentHeld(appointment_id=APPOINTMENT)) == "pay-follow-up"
    await hear(clinic, handle, "confirmed")
    assert await hear(clinic, handle, "completed") == "follow-up-note"
    await act(handle, NoteSigned(appointment_id=APPOINTMENT))
    assert await clinic.end(handle) == "completed"
    versions = [line.version for record in steps.journeys for line in record.lines]
    assert versions == list(range(1, len(versions) + 1))
    assert [record.stage for record in steps.journeys][-1] == "ended"


async def test_silence_from_the_first_day(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.journey()
    assert await clinic.end(handle) == "gone-quiet"
    assert steps.templates == ["nudge", "nudge", "escalation"]
    assert [message.role for message in steps.messages] == ["patient", "patient", "care-coordinator"]


async def test_the_urgent_path(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.journey()
    await act(handle, CONSENTS)
    assert await act(handle, phq9(2, "self-harm")) == "urgent-call"
    left = await handle.query(PatientJourney.unrecorded)
    tasks = [task for record in left.records for task in record.tasks]
    assert [(task.assignee, task.urgent) for task in tasks] == [("clinical-lead", True)]
    await clinic.sleep(timedelta(minutes=61))
    assert steps.templates == ["nudge", "nudge", "escalation"]
    assert await act(handle, TaskDone(step="urgent-call")) == "book-first"
    await handle.terminate()


async def test_an_unpaid_hold_leads_back_to_booking(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.journey()
    await act(handle, CONSENTS)
    await act(handle, phq9(5))
    await act(handle, AppointmentHeld(appointment_id=APPOINTMENT))
    assert await hear(clinic, handle, "released") == "book-first"
    await handle.terminate()


@pytest.mark.parametrize(("change", "step"), [("cancelled", "book-first"), ("missed", "missed")])
async def test_a_session_that_does_not_take_place(clinic: Clinic, change: str, step: str) -> None:
    handle = await at_session(clinic)
    assert await hear(clinic, handle, change) == step
    if step == "missed":
        assert await act(handle, TaskDone(step="missed")) == "book-first"
    await handle.terminate()


async def test_a_survey_nobody_answers_does_not_hold_up(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await at_session(clinic)
    await hear(clinic, handle, "completed")
    await act(handle, NoteSigned(appointment_id=APPOINTMENT))
    await clinic.sleep(timedelta(days=7, minutes=1))
    assert (await handle.query(PatientJourney.state)).step == "breather"
    await handle.terminate()


async def test_words_that_do_not_fit_change_nothing(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.journey()
    await act(handle, CONSENTS)
    before = await handle.query(PatientJourney.state)
    for event in (CONSENTS, NoteSigned(appointment_id=APPOINTMENT), ConsentsGiven(kinds=())):
        with pytest.raises(WorkflowUpdateFailedError) as caught:
            await act(handle, event)
        assert type(refusal_in(caught.value)).__name__ == "StepNotOpen"
    assert await hear(clinic, handle, "completed") == before.step
    assert await handle.query(PatientJourney.state) == before
    await handle.terminate()
