"""Journeys that live so long that they continue as new, on a server that suggests it after a few events."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.client import Client

from domain.journeys.language import Definition
from domain.journeys.state import AppointmentChanged, AppointmentHeld, Event, FormCompleted, NoteSigned, TaskDone
from domain.journeys.validation import read_definition
from domain.refusals import StepNotOpen, StillWorking
from tests.domain.test_journey_definitions import END, WAITS, document, step, waits
from tests.domain.test_journeys import CONSENTS, phq9
from tests.fixtures.engines import real_temporal
from tests.usecases.steps import until
from tests.workflows.conftest import QUEUE, Clinic, name_of, replayed
from tests.workflows.fakes import FakeSteps
from tests.workflows.story import attributes, details
from tests.workflows.test_journey import APPOINTMENT, Handle, act, hear
from usecases.processes import ask
from worker import build_worker
from workflows.commands import Act
from workflows.converter import DATA_CONVERTER
from workflows.patient_journey import PatientJourney

FEW = "16"


@pytest.fixture(scope="session")
def impatient_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with real_temporal(tmp_path_factory.mktemp("impatient"), **{"limit.historyCount.suggestContinueAsNew": FEW}) as at:
        yield at


@pytest_asyncio.fixture(scope="session")
async def impatient(impatient_address: str) -> Client:
    return await Client.connect(impatient_address, namespace="fourdoors", data_converter=DATA_CONVERTER)


@pytest_asyncio.fixture(scope="session")
async def steps(impatient: Client) -> AsyncIterator[FakeSteps]:
    fake = FakeSteps()
    async with build_worker(impatient, cast("list[Callable[..., Any]]", fake.all), QUEUE):
        yield fake


@pytest_asyncio.fixture
async def clinic(impatient: Client, steps: FakeSteps, request: pytest.FixtureRequest) -> AsyncIterator[Clinic]:
    made = Clinic(impatient, steps, name_of(request))
    yield made
    await replayed(made)


async def runs(clinic: Clinic) -> int:
    return len([history async for history in clinic.histories()])


async def continued(clinic: Clinic) -> bool:
    """It does so a moment after its last answer."""
    return await runs(clinic) > 1


def circle(*between: dict[str, Any], **patience: Any) -> Definition:
    """A questionnaire that comes back as soon as it is answered."""
    ask = waits("ask", "form", form="x", patience=WAITS | patience)
    back = waits("back", "form", form="x", next="ask")
    return read_definition(document([ask, *between, back, END]))


ANSWER = FormCompleted(form="x")


async def test_the_whole_way_over_many_runs(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.journey()
    await act(handle, CONSENTS)
    await act(handle, phq9(12))
    assert await act(handle, AppointmentHeld(appointment_id=APPOINTMENT)) == "pay-first"
    assert await hear(clinic, handle, "confirmed") == "first-session"
    assert await hear(clinic, handle, "completed") == "note"
    assert await act(handle, NoteSigned(appointment_id=APPOINTMENT)) == "feedback"
    assert await act(handle, FormCompleted(form="session-feedback")) == "breather"
    state = await handle.query(PatientJourney.state)
    assert (state.facts["triage"], state.appointment_id) == ("therapy", APPOINTMENT)
    await clinic.sleep(timedelta(days=3, minutes=1))
    assert (await handle.query(PatientJourney.state)).step == "book-follow-up"
    assert await clinic.end(handle) == "rested"
    assert await runs(clinic) >= 3
    assert recorded(steps) == list(range(1, len(recorded(steps)) + 1))
    assert steps.templates == ["nudge", "nudge", "escalation"]


def recorded(steps: FakeSteps) -> list[int]:
    """A record that was cut short by something new is made again, which changes nothing."""
    return list(dict.fromkeys(line.version for record in steps.journeys for line in record.lines))


async def test_what_people_do_meanwhile_is_answered_and_kept(clinic: Clinic, steps: FakeSteps) -> None:
    """Eight at once, eight times: each has one effect, what does not fit is refused, and no line is lost."""
    handle = await clinic.journey(circle())
    late = AppointmentChanged(appointment_id=APPOINTMENT, change="missed")
    told: list[int] = []
    for _ in range(8):
        answers = await asyncio.gather(
            *(answered(handle, ANSWER) for _ in range(6)),
            refused(handle, CONSENTS),
            refused(handle, TaskDone(step="ask")),
            handle.signal(PatientJourney.appointment_changed, late),
        )
        told += [version for versions in answers[:6] for version in cast("list[int]", versions)]
    state, left = await handle.query(PatientJourney.state), await handle.query(PatientJourney.unrecorded)
    unrecorded = [line.version for record in left.records for line in record.lines]
    assert sorted(told) == list(range(2, state.version + 1))
    assert recorded(steps) + unrecorded == list(range(1, state.version + 1))
    assert len(told) == 48
    await until(lambda: continued(clinic))
    await handle.terminate()


async def answered(handle: Handle, event: Event) -> list[int]:
    """The versions it made. Who is told to try again does, with the same key."""
    key = uuid4().hex
    while True:
        try:
            answer = await ask(handle.execute_update(PatientJourney.act, Act(event=event), id=key))
        except StillWorking:
            continue
        return [line.version for record in answer.records for line in record.lines]


async def refused(handle: Handle, event: Event) -> None:
    with pytest.raises(StepNotOpen):
        await answered(handle, event)


async def test_a_message_that_waits_for_the_morning_holds_nothing_up(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.journey(circle(step("hello", "message", template="hello"), nudge=["PT1H"]))
    steps.night.append(await clinic.now() + timedelta(hours=9))
    assert await act(handle, ANSWER) == "back"
    for step_id in ("ask", "back") * 4:
        assert await act(handle, ANSWER) == step_id
    assert await act(handle, ANSWER) == "ask"
    assert await runs(clinic) == 1
    await clinic.sleep(timedelta(hours=2))
    assert steps.templates == ["hello"] * 4 + ["nudge"]
    await clinic.sleep(timedelta(hours=8))
    assert steps.templates == ["hello"] * 4 + ["nudge", "hello"]
    assert await runs(clinic) == 2
    await handle.terminate()


async def test_the_temporal_ui_goes_on_with_the_story(clinic: Clinic) -> None:
    handle = await clinic.journey(circle())
    for _ in range(8):
        await act(handle, ANSWER)
    await until(lambda: continued(clinic))
    assert (await attributes(handle))["Brand"] == "aurora"
    await until(lambda: tells(handle, "small v1 of aurora: **ask** (form), waits for the patient until "))
    await handle.terminate()


async def tells(handle: Handle, story: str) -> bool:
    """It says so when it has recorded its last move."""
    return (await details(handle)).startswith(story)
