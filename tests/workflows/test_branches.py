"""The ways of a journey that are seldom gone: patience that ends wherever somebody is waited for, and going back."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest

from domain.journeys.state import AppointmentHeld, Event, FormCompleted, NoteSigned, TaskDone
from domain.journeys.validation import read_definition
from tests.domain.test_journey_definitions import ASK, END, document, step
from tests.domain.test_journeys import CONSENTS, changed, phq9
from tests.workflows.conftest import Clinic
from tests.workflows.fakes import FakeSteps
from tests.workflows.test_journey import APPOINTMENT, Handle, act, hear
from workflows.patient_journey import PatientJourney
from workflows.steps import SendAccountMessage, SendMessage

HELD = AppointmentHeld(appointment_id=APPOINTMENT)
SIGNED = NoteSigned(appointment_id=APPOINTMENT)
TO_BOOKING: Sequence[Event] = (CONSENTS, phq9(12))
TO_SESSION: Sequence[Event] = (*TO_BOOKING, HELD, changed("confirmed"))
TO_FOLLOW_UP: Sequence[Event] = (*TO_SESSION, changed("completed"), SIGNED, FormCompleted(form="session-feedback"))
BREATHER = timedelta(days=3, minutes=1)


async def live(clinic: Clinic, handle: Handle, events: Sequence[Event]) -> str:
    """The step where it stands afterwards; a person's deed is an update, an appointment's word a signal."""
    stands = ""
    for event in events:
        if event.event == "appointment-changed":
            stands = await hear(clinic, handle, event.change, event.absent)
        else:
            stands = await act(handle, event)
    return stands


async def at_follow_up(clinic: Clinic) -> Handle:
    handle = await clinic.journey()
    assert await live(clinic, handle, TO_FOLLOW_UP) == "breather"
    await clinic.sleep(BREATHER)
    assert await live(clinic, handle, (HELD, changed("confirmed"))) == "follow-up"
    return handle


@pytest.mark.parametrize(
    ("events", "at", "days", "then"),
    [
        (TO_BOOKING, "book-first", 21, "gone-quiet"),
        ((*TO_BOOKING, HELD), "pay-first", 7, "gone-quiet"),
        (TO_SESSION, "first-session", 90, "gone-quiet"),
        ((*TO_SESSION, changed("completed")), "note", 14, "feedback"),
        ((CONSENTS, phq9(2, "self-harm")), "urgent-call", 2, "book-first"),
        ((*TO_SESSION, changed("missed", "patient")), "missed", 4, "book-first"),
    ],
    ids=["book", "pay", "session", "note", "task", "missed"],
)
async def test_patience_ends(
    clinic: Clinic, steps: FakeSteps, events: Sequence[Event], at: str, days: int, then: str
) -> None:
    handle = await clinic.journey()
    assert await live(clinic, handle, events) == at
    await clinic.sleep(timedelta(days=days, minutes=1))
    state = await handle.query(PatientJourney.state)
    assert (state.step, state.ended) == (then, then == "gone-quiet")
    assert "escalation" in steps.templates
    assert "patience-ended" in [line.what for record in steps.journeys for line in record.lines]
    if not state.ended:
        await handle.terminate()


async def test_a_missed_follow_up_is_booked_again(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await at_follow_up(clinic)
    assert await hear(clinic, handle, "missed", "patient") == "missed-follow-up"
    assert await act(handle, TaskDone(step="missed-follow-up")) == "book-follow-up"
    assert steps.templates == []
    await handle.terminate()


async def test_follow_ups_come_round_again(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await at_follow_up(clinic)
    assert await live(clinic, handle, (changed("completed"), SIGNED)) == "breather"
    state = await handle.query(PatientJourney.state)
    assert state.rounds == {"again": 1}
    await clinic.sleep(BREATHER)
    assert (await handle.query(PatientJourney.state)).step == "book-follow-up"
    await handle.terminate()


async def test_a_message_is_sent_on_the_way(clinic: Clinic, steps: FakeSteps) -> None:
    hello = step("hello", "message", template="welcome")
    handle = await clinic.journey(read_definition(document([ASK, hello, END])))
    await act(handle, FormCompleted(form="x"))
    assert await clinic.end(handle) == "done"
    assert [(message.template, message.role) for message in steps.messages] == [("welcome", "patient")]


async def test_an_account_message(clinic: Clinic, steps: FakeSteps) -> None:
    message = SendAccountMessage(person_id=uuid4(), purpose="verify", portal="patient")
    handle = await clinic.account_message(message)
    await handle.result()
    assert steps.account_messages == [message]


async def test_a_message_in_place_of_one_that_never_arrived(clinic: Clinic, steps: FakeSteps) -> None:
    message = SendMessage(organization_id=uuid4(), template="cancelled", key="appointment/1/cancelled")
    handle = await clinic.substitute_message(message)
    await handle.result()
    assert [(sent.template, sent.key, sent.at is not None) for sent in steps.messages] == [
        ("cancelled", "appointment/1/cancelled", True)
    ]
