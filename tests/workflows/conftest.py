"""A worker with fake steps on the time-skipping server; every history that a test makes is recorded and replayed."""

import os
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from domain.appointments.state import AppointmentState
from domain.money import Money
from domain.scheduling.terms import CancellationTerms
from tests.domain.test_journeys import DEMO
from tests.workflows.fakes import FakeSteps
from worker import WORKFLOWS, build_worker, workflow_runner
from workflows import TASK_QUEUE
from workflows.appointment import Appointment
from workflows.ids import appointment_workflow_id, journey_workflow_id
from workflows.patient_journey import JourneyStart, PatientJourney

HISTORIES = Path(__file__).parent / "histories"
LIFETIME = timedelta(days=400)
"""The test server's clock jumps by the execution time-out after an activity; ten years by default."""


@pytest_asyncio.fixture(scope="session")
async def steps(temporal_skipping: WorkflowEnvironment) -> AsyncIterator[FakeSteps]:
    fake = FakeSteps()
    acts = cast("list[Callable[..., Any]]", fake.all)
    async with build_worker(temporal_skipping.client, acts):
        yield fake


@pytest.fixture(autouse=True)
def fresh(steps: FakeSteps) -> None:
    steps.forget()


class Clinic:
    """Starts workflows, and lets time pass."""

    def __init__(self, environment: WorkflowEnvironment, steps: FakeSteps, name: str) -> None:
        self.environment = environment
        self.steps = steps
        self.name = name
        self.handles: list[WorkflowHandle[Any, Any]] = []

    async def now(self) -> datetime:
        return await self.environment.get_current_time()

    async def sleep(self, length: timedelta) -> None:
        await self.environment.sleep(length)

    async def appointment(
        self, in_hours: float = 72, price: int = 12000, journey: bool = False
    ) -> "WorkflowHandle[Appointment, AppointmentState]":
        now = await self.now()
        start = (now + timedelta(hours=in_hours)).replace(minute=0, second=0, microsecond=0)
        state = AppointmentState(
            appointment_id=uuid4(),
            organization_id=uuid4(),
            journey_id=uuid4() if journey else None,
            start=start,
            end=start + timedelta(minutes=50),
            price=Money(price, "EUR"),
            terms=CancellationTerms(),
            hold_until=now + timedelta(minutes=15),
        )
        handle = await self.environment.client.start_workflow(
            Appointment.run,
            state,
            id=appointment_workflow_id(state.appointment_id),
            task_queue=TASK_QUEUE,
            execution_timeout=LIFETIME,
        )
        self.handles.append(handle)
        return handle

    async def journey(self) -> "WorkflowHandle[PatientJourney, Any]":
        start = JourneyStart(
            journey_id=uuid4(),
            organization_id=uuid4(),
            brand_id=uuid4(),
            patient_id=uuid4(),
            program_id=uuid4(),
            definition=DEMO,
        )
        handle = await self.environment.client.start_workflow(
            PatientJourney.run,
            start,
            id=journey_workflow_id(start.journey_id),
            task_queue=TASK_QUEUE,
            execution_timeout=LIFETIME,
        )
        self.handles.append(handle)
        return handle


@pytest_asyncio.fixture
async def clinic(
    temporal_skipping: WorkflowEnvironment, steps: FakeSteps, request: pytest.FixtureRequest
) -> AsyncIterator[Clinic]:
    """Afterwards every workflow of the test is replayed; with RECORD_HISTORIES=1 it is also kept."""
    made = Clinic(temporal_skipping, steps, request.node.name)
    yield made
    replayer = Replayer(
        workflows=WORKFLOWS, data_converter=temporal_skipping.client.data_converter, workflow_runner=workflow_runner()
    )
    for number, handle in enumerate(made.handles):
        history = await handle.fetch_history()
        await replayer.replay_workflow(history)
        if os.environ.get("RECORD_HISTORIES"):
            HISTORIES.mkdir(exist_ok=True)
            (HISTORIES / f"{made.name.strip(']').replace('[', '-')}.{number}.json").write_text(history.to_json())
