"""The Temporal UI reads like a story: whom a workflow waits for, and how it ended."""

from datetime import timedelta

from domain.journeys.state import FormCompleted, NoteSigned, TaskDone
from tests.domain.test_journeys import CONSENTS, phq9
from tests.workflows.conftest import Clinic
from tests.workflows.story import attributes, details
from tests.workflows.test_appointment import booked, until_start
from tests.workflows.test_journey import APPOINTMENT, Handle, act, at_session, hear
from workflows.appointment import Appointment


async def stands(handle: Handle) -> tuple[str, str]:
    shown = await attributes(handle)
    return shown["Stage"], shown["WaitsFor"]


async def test_whoever_looks_for_the_clinical_lead_finds_the_urgent_call(clinic: Clinic) -> None:
    handle = await clinic.journey()
    await act(handle, CONSENTS)
    assert await stands(handle) == ("intake", "patient")
    await act(handle, phq9(2, "self-harm"))
    assert await stands(handle) == ("intake", "clinical-lead")
    await act(handle, TaskDone(step="urgent-call"))
    assert await stands(handle) == ("booking", "patient")
    await handle.terminate()


async def test_staff_are_looked_for_only_while_they_are_waited_for(clinic: Clinic) -> None:
    handle = await at_session(clinic)
    assert await stands(handle) == ("care", "specialist")
    await hear(clinic, handle, "completed")
    assert await stands(handle) == ("follow-up", "specialist")
    await act(handle, NoteSigned(appointment_id=APPOINTMENT))
    assert await stands(handle) == ("follow-up", "patient")
    await act(handle, FormCompleted(form="session-feedback"))
    assert "waits for the clock" in await details(handle)
    assert await stands(handle) == ("follow-up", "patient")
    await handle.terminate()


async def test_the_waiting_room_waits_for_the_specialist(clinic: Clinic) -> None:
    handle = await booked(clinic)
    assert (await attributes(handle))["WaitsFor"] == "patient"
    await until_start(clinic, handle, -timedelta(minutes=5))
    await handle.execute_update(Appointment.arrive)
    assert (await attributes(handle))["WaitsFor"] == "specialist"
    await handle.execute_update(Appointment.admit)
    await handle.execute_update(Appointment.finish)
    await clinic.end(handle)
    assert (await details(handle)).endswith(": **completed**")


async def test_the_end_says_how_it_ended(clinic: Clinic) -> None:
    handle = await clinic.journey()
    assert (await details(handle)).startswith("first-steps v1 of aurora: **consent** (consent), waits for the patient ")
    await clinic.end(handle)
    assert (await details(handle)).startswith("first-steps v1 of aurora: ended at ")
    assert (await details(handle)).endswith(" UTC: **gone-quiet**")
