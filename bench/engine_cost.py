"""B4: what one journey costs the engine, from intake to the follow-up, in billable actions, events and bytes."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHandle

from bench.engine_floor import floors
from bench.simulation.clinic import Clinic
from bench.simulation.life import Life
from bench.simulation.quarter import coordinator
from domain.actors import Patient
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
"""One action each, as Temporal bills; the local activities of one workflow task together are one more.

What `workflow.patched` writes is not billed: https://docs.temporal.io/cloud/actions.
"""

LOCAL_ACTIVITY = "core_local_activity"

SKIPPING = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
}
"""What only a measurement with skipped time writes; left out of the figures and said beside them."""

HEADING = "B4: what one journey costs the engine"


@dataclass
class Cost:
    actions: int = 0
    events: int = 0
    bytes: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    skipping: Counter[str] = field(default_factory=Counter)

    @property
    def told(self) -> str:
        return f"{self.actions} billable actions, {self.events} events, {self.bytes / 1000:.1f} kB"

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.actions + other.actions,
            self.events + other.events,
            self.bytes + other.bytes,
            self.kinds + other.kinds,
            self.skipping + other.skipping,
        )

    def lines(self) -> list[str]:
        return [
            "Intake, consent, triage, booking, payment, confirmation, two reminders, session, note, survey, follow-up; "
            "both workflows together.",
            "",
            f"- {self.actions} billable actions (target at most 17; naive design 57)",
            f"- {self.events} events (target at most 54; naive design 229)",
            f"- {self.bytes / 1000:.1f} kB of history (target at most 7; naive design 23)",
            f"- {_listed(self.kinds)}",
            f"- left out, because only skipping time in a test writes them: {_listed(self.skipping)}",
        ]


class Straight(Life):
    """Somebody who does everything at once and never hesitates; time passes only where the journey itself waits."""

    async def some_hours(self) -> None:
        return

    async def at_task(self, row: Journey) -> None:
        raise AssertionError("the straight way has no task")

    async def walk(self) -> tuple[Cost, Cost]:
        """What the journey's own workflow costs, and what its appointment's does."""
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
        return await cost_of(journey), await cost_of(appointment)

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


async def cost_of(handle: WorkflowHandle[Any, Any]) -> Cost:
    history, description = await handle.fetch_history(), await handle.describe()
    cost = Cost(bytes=description.raw_description.workflow_execution_info.history_size_bytes)
    recorded = False
    for event in history.events:
        kind = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_").lower()
        if event.event_type in SKIPPING:
            cost.skipping[kind] += 1
            cost.bytes -= event.ByteSize()
            continue
        cost.events += 1
        cost.kinds[kind] += 1
        is_marker = event.marker_recorded_event_attributes.marker_name == LOCAL_ACTIVITY
        cost.actions += (event.event_type in BILLED and not _of_a_patch(event)) or (is_marker and not recorded)
        recorded = is_marker or (recorded and event.event_type != EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
    return cost


def _of_a_patch(event: HistoryEvent) -> bool:
    fields = event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields
    return set(fields) == {"TemporalChangeVersion"}


async def measure(house: Clinic, patients: list[Patient]) -> list[str]:
    operator = await coordinator(house, patients[0])
    journey, appointment = await Straight(house, patients[0], operator, "straight", Counter()).walk()
    assert house.settings.temporal_address
    plain = await Client.connect(house.settings.temporal_address, namespace=house.settings.temporal_namespace)
    below = [f"- floor in the same run, {what}: {cost.told}" async for what, cost in costs_of_floors(plain)]
    return [
        *(journey + appointment).lines(),
        f"- of which the journey's own workflow: {journey.told}",
        f"- of which the appointment's workflow: {appointment.told}",
        *below,
    ]


async def costs_of_floors(client: Client) -> AsyncIterator[tuple[str, Cost]]:
    async for what, engines in floors(client):
        yield what, sum([await cost_of(engine) for engine in engines], Cost())


def _listed(kinds: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
