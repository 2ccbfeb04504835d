"""B4: what one journey costs the engine, from intake to the follow-up, in billable actions, events and bytes."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle

from bench.simulation.clinic import Clinic
from bench.simulation.life import Life
from domain.actors import Operator, Patient
from models import Journey
from usecases.patient import home
from usecases.processes import appointment_handle, journey_handle

BILLED = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    EventType.EVENT_TYPE_TIMER_STARTED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
}
"""One action each, as Temporal bills; the local activities of one workflow task together are one more."""


@dataclass(frozen=True)
class Cost:
    actions: int
    events: int
    bytes: int
    kinds: Counter[str]


class Straight(Life):
    """Somebody who does everything at once and never hesitates; time passes only where the journey itself waits."""

    async def some_hours(self) -> None:
        return

    async def at_task(self, row: Journey) -> None:
        raise AssertionError("the straight way has no task")

    async def walk(self) -> Cost:
        view = await home.home(self.context, self.patient, "en")
        begin = home.BeginJourney(program_id=view.programs[0].id)
        journey_id = await home.begin(self.context, self.patient, begin)
        journey = journey_handle(self.context.temporal, journey_id)
        await self.clock.follow(journey)
        appointment: WorkflowHandle[Any, Any] | None = None
        while (row := await self.journey(journey_id)).step != "book-follow-up":
            if row.appointment_id:
                appointment = appointment_handle(self.context.temporal, row.appointment_id)
            await self.deed(row)
            await self.moved(row)
        await asyncio.sleep(0.5)
        assert appointment
        return await cost_of(journey, appointment)

    async def deed(self, row: Journey) -> None:
        match row.step_kind:
            case "pay":
                assert row.appointment_id
                await self.pay(row.appointment_id, "4242424242424242")
            case "session":
                assert row.appointment_id
                await self.clock.until((await self.appointment(row.appointment_id)).starts_at - timedelta(minutes=5))
                await self.meet(row.appointment_id, 0.5)
            case "form":
                self.chance.seed(4)
                await self.at_form(row)
            case kind:
                self.chance.seed(1)
                await getattr(self, f"at_{kind}")(row)


async def cost_of(*handles: WorkflowHandle[Any, Any]) -> Cost:
    actions, events, size, kinds = 0, 0, 0, Counter[str]()
    for handle in handles:
        history = await handle.fetch_history()
        description = await handle.describe()
        size += description.raw_description.workflow_execution_info.history_size_bytes
        in_task = False
        for event in history.events:
            events += 1
            kinds[EventType.Name(event.event_type).removeprefix("EVENT_TYPE_").lower()] += 1
            is_marker = event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED
            actions += event.event_type in BILLED or (is_marker and not in_task)
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                in_task = False
            in_task = in_task or is_marker
    return Cost(actions, events, size, kinds)


async def engine_cost(clinic: Clinic, patient: Patient, operator: Operator) -> Cost:
    return await Straight(clinic, patient, operator, "straight", Counter()).walk()
