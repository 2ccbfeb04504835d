"""A worker with fake steps on the real server, where each workflow's time can be skipped; every history is replayed."""

import os
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, cast
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowHandle, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig
from temporalio.worker import Replayer

from domain.appointments.state import AppointmentState, Status
from domain.journeys.language import Definition
from domain.money import Money
from domain.scheduling.terms import CancellationTerms
from tests.domain.test_journeys import DEMO
from tests.workflows.fakes import FakeSteps
from usecases.journeys import bare
from worker import WORKFLOWS, build_worker, workflow_runner
from workflows.account_message import AccountMessage, SendAccountMessage
from workflows.appointment import Appointment
from workflows.commands import JourneyStart
from workflows.ids import appointment_workflow_id, journey_workflow_id
from workflows.patient_journey import PatientJourney
from workflows.search_attributes import at_start
from workflows.substitute_message import SendMessage, SubstituteMessage

Result = TypeVar("Result")
HISTORIES = Path(__file__).parent / "histories"
QUEUE = "clinic"
STANDING = TimeSkippingConfig(enabled=False, max_session_skip_count=10_000)
"""Time is skipped only where a test says so: else a wait for "an answer or 14 days" would jump to its end."""


@pytest_asyncio.fixture(scope="session")
async def steps(temporal: Client) -> AsyncIterator[FakeSteps]:
    fake = FakeSteps()
    acts = cast("list[Callable[..., Any]]", fake.all)
    async with build_worker(temporal, acts, QUEUE):
        yield fake


@pytest.fixture(autouse=True)
def fresh(steps: FakeSteps) -> None:
    steps.forget()


def watched_too_closely(error: RPCError) -> bool:
    """The server named a place in a history it had not kept yet: time is skipped all the same, only watching ends."""
    return any(detail.type_url.endswith(".CurrentBranchChangedFailure") for detail in error.grpc_status.details)


class Clinic:
    """Starts workflows, and lets time pass."""

    def __init__(self, temporal: Client, steps: FakeSteps, name: str) -> None:
        self.skipper = TimeSkipper(temporal, config=STANDING)
        self.steps = steps
        self.name = name
        self.skipped = timedelta(0)
        self.handles: list[WorkflowHandle[Any, Any]] = []

    async def now(self) -> datetime:
        return datetime.now(UTC) + self.skipped

    async def sleep(self, length: timedelta) -> None:
        """Every workflow of this test lives through `length`."""
        for handle in self.handles:
            await self._forward(handle, length)
        self.skipped += length

    async def end(self, handle: WorkflowHandle[Any, Result]) -> Result:
        """What comes when nobody does anything any more."""
        await self._forward(handle, None)
        return await handle.result()

    async def _forward(self, handle: WorkflowHandle[Any, Any], length: timedelta | None) -> None:
        try:
            await self.skipper.fast_forward(handle, length)
        except RPCError as ended:
            if ended.status is not RPCStatusCode.NOT_FOUND and not watched_too_closely(ended):
                raise

    async def appointment(
        self,
        in_hours: float = 72,
        price: int = 12000,
        journey_id: UUID | None = None,
        hold_minutes: int = 15,
        known: Mapping[str, object] = MappingProxyType({}),
        signal: str | None = None,
    ) -> "WorkflowHandle[Appointment, Status]":
        """`known`: of its state at the start; `signal`: what it hears before it begins."""
        now = await self.now()
        start = (now + timedelta(hours=in_hours)).replace(minute=0, second=0, microsecond=0)
        state = AppointmentState(
            appointment_id=uuid4(),
            organization_id=uuid4(),
            journey_id=journey_id,
            start=start,
            end=start + timedelta(minutes=50),
            price=Money(price, "EUR"),
            terms=CancellationTerms(),
            hold_until=now + timedelta(minutes=hold_minutes),
            arrival_counts=True,
        )
        handle = await self.skipper.client.start_workflow(
            Appointment.run,
            state.model_copy(update=known),
            id=appointment_workflow_id(state.appointment_id),
            task_queue=QUEUE,
            start_signal=signal,
        )
        self.handles.append(handle)
        return handle

    async def journey(
        self, definition: Definition = DEMO, ago: timedelta = timedelta(0)
    ) -> "WorkflowHandle[PatientJourney, Any]":
        """`ago`: it began so long before its engine woke."""
        start = JourneyStart(
            journey_id=uuid4(),
            organization_id=uuid4(),
            brand_id=uuid4(),
            patient_id=uuid4(),
            program_id=uuid4(),
            began_at=await self.now() - ago,
            definition=bare(definition),
        )
        handle = await self.skipper.client.start_workflow(
            PatientJourney.run,
            start,
            id=journey_workflow_id(start.journey_id),
            task_queue=QUEUE,
            search_attributes=at_start("northlight", "aurora", "intake", "patient"),
        )
        self.handles.append(handle)
        return handle

    async def account_message(self, message: SendAccountMessage) -> "WorkflowHandle[AccountMessage, None]":
        handle = await self.skipper.client.start_workflow(
            AccountMessage.run, message, id=f"account-message/{uuid4()}", task_queue=QUEUE
        )
        self.handles.append(handle)
        return handle

    async def substitute_message(self, message: SendMessage) -> "WorkflowHandle[SubstituteMessage, None]":
        handle = await self.skipper.client.start_workflow(
            SubstituteMessage.run, message, id=f"substitute-message/{uuid4()}", task_queue=QUEUE
        )
        self.handles.append(handle)
        return handle

    async def histories(self) -> AsyncIterator[WorkflowHistory]:
        """Of every run of every workflow."""
        for handle in self.handles:
            run_id: str | None = handle.first_execution_run_id
            while run_id:
                run = self.skipper.client.get_workflow_handle(handle.id, run_id=run_id)
                history = await run.fetch_history()
                yield history
                last = history.events[-1]
                run_id = last.workflow_execution_continued_as_new_event_attributes.new_execution_run_id


@pytest_asyncio.fixture
async def clinic(temporal: Client, steps: FakeSteps, request: pytest.FixtureRequest) -> AsyncIterator[Clinic]:
    """Afterwards every workflow of the test is replayed; with RECORD_HISTORIES=1 it is also kept."""
    made = Clinic(temporal, steps, name_of(request))
    yield made
    await replayed(made)


def name_of(request: pytest.FixtureRequest) -> str:
    module = request.module.__name__.rsplit(".", 1)[-1].removeprefix("test_")
    return f"{module}-{request.node.name.removeprefix('test_')}"


async def replayed(clinic: Clinic) -> None:
    client = clinic.skipper.client
    replayer = Replayer(workflows=WORKFLOWS, data_converter=client.data_converter, workflow_runner=workflow_runner())
    number = 0
    async for history in clinic.histories():
        if not any(event.HasField("workflow_task_completed_event_attributes") for event in history.events):
            continue  # a run that has done nothing yet: the replayer would wait for it for ever
        await replayer.replay_workflow(history)
        if os.environ.get("RECORD_HISTORIES"):
            HISTORIES.mkdir(exist_ok=True)
            (HISTORIES / f"{clinic.name.strip(']').replace('[', '-')}.{number}.json").write_text(history.to_json())
        number += 1
