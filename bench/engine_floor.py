"""B4's floors, measured beside it: what the same journey costs when less is promised than people are owed.

Two engines only wait: one hears of people's deeds by signals, one by updates that a validator may refuse. Neither has
effects, records, deadlines or a second workflow. The third is the first with six effects, all of them local activities:
the cheapest that does anything. The last has an appointment of its own that calls vendors, by local activities too
although a slow vendor may not be one; still nothing is recorded, has a deadline or says a word to the other.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

from temporalio import activity, workflow
from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.worker import Worker

DEEDS = ("consent", "triage", "book", "pay", "session", "note", "survey", "follow-up")
AT_THE_APPOINTMENT = ("book", "pay", "session")
REMINDERS = 2
QUEUE = "engine-floor"
APART_S = 0.5
"""Between two deeds, so that none shares a workflow task; longer than the reminders take."""


@activity.defn
async def vendor() -> None:
    """A charge or a message that costs no time and never fails."""


class Waiting:
    expected: ClassVar[Sequence[str]] = DEEDS

    def __init__(self) -> None:
        self.done: list[str] = []

    async def walk(self) -> None:
        """As long as the book says: reminders come between paying and the session."""
        if "pay" in self.expected:
            await workflow.wait_condition(lambda: "pay" in self.done)
            for _ in range(REMINDERS):
                await workflow.sleep(timedelta(milliseconds=100))
                await self.say()
        await workflow.wait_condition(lambda: len(self.done) == len(self.expected))

    async def say(self) -> None:
        """A floor without effects says nothing."""


@workflow.defn
class BySignals(Waiting):
    @workflow.run
    async def run(self) -> None:
        await self.walk()

    @workflow.signal
    def deed(self, name: str) -> None:
        self.done.append(name)


@workflow.defn
class BySignalsWithEffects(Waiting):
    """A hold, a charge, two reminders, a record of the session and one of the note, at the moment of the deed."""

    effects: ClassVar[Sequence[str]] = ("book", "pay", "session", "note")

    @workflow.run
    async def run(self) -> None:
        effects = asyncio.create_task(self.effect())
        await self.walk()
        await effects

    async def effect(self) -> None:
        for name in self.effects:
            await workflow.wait_condition(partial(self.done.__contains__, name))
            await self.say()

    async def say(self) -> None:
        await workflow.execute_local_activity(vendor, start_to_close_timeout=timedelta(seconds=5))

    @workflow.signal
    def deed(self, name: str) -> None:
        self.done.append(name)


@workflow.defn
class ByUpdates(Waiting):
    @workflow.run
    async def run(self) -> None:
        await self.walk()

    @workflow.update
    def deed(self, name: str) -> None:
        self.done.append(name)

    @deed.validator
    def check(self, name: str) -> None:
        if name in self.done:
            raise ValueError(name)


@workflow.defn
class JourneyAlone(ByUpdates):
    expected = tuple(name for name in DEEDS if name not in AT_THE_APPOINTMENT)

    @workflow.run
    async def run(self) -> None:
        await self.walk()


@workflow.defn
class AppointmentAlone(Waiting):
    expected = AT_THE_APPOINTMENT

    @workflow.run
    async def run(self) -> None:
        await self.walk()

    async def say(self) -> None:
        await workflow.execute_local_activity(vendor, start_to_close_timeout=timedelta(seconds=5))

    @workflow.update
    async def deed(self, name: str) -> None:
        if name == "pay":
            await asyncio.gather(self.say(), self.say())
        self.done.append(name)

    @deed.validator
    def check(self, name: str) -> None:
        if name in self.done:
            raise ValueError(name)


Engine = WorkflowHandle[Any, Any]
FLOORS: dict[str, tuple[type[Waiting], ...]] = {
    "deeds by signals that cannot be refused, one workflow, no effect": (BySignals,),
    "the same with six effects, all by local activities": (BySignalsWithEffects,),
    "deeds by updates with validators, one workflow, no effect": (ByUpdates,),
    "an appointment of its own, its vendors as local activities, no record, no deadline, no word between the two": (
        JourneyAlone,
        AppointmentAlone,
    ),
}
SIGNALLED = (BySignals, BySignalsWithEffects)


async def floors(client: Client) -> AsyncIterator[tuple[str, list[Engine]]]:
    """What each floor is, and its workflows at their end. A `client` that encrypts nothing is cheapest."""
    kinds = [kind for floor in FLOORS.values() for kind in floor]
    async with Worker(client, task_queue=QUEUE, workflows=kinds, activities=[vendor]):
        for what, floor in FLOORS.items():
            yield what, [await walked(client, kind) for kind in floor]


async def walked(client: Client, kind: type[Waiting]) -> Engine:
    first, *others = kind.expected
    handle = await begun(client, kind, first)
    for name in others:
        await asyncio.sleep(APART_S)
        await (handle.signal("deed", name) if kind in SIGNALLED else handle.execute_update("deed", name))
    await handle.result()
    return handle


async def begun(client: Client, kind: type[Waiting], first: str) -> Engine:
    """An appointment begins with its first deed in one breath; a journey waits for a person from its first moment."""
    workflow_id = f"floor/{kind.__name__}"
    if kind is AppointmentAlone:
        start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            kind.__name__, id=workflow_id, task_queue=QUEUE, id_conflict_policy=WorkflowIDConflictPolicy.FAIL
        )
        await client.execute_update_with_start_workflow("deed", first, start_workflow_operation=start)
        return await start.workflow_handle()
    handle = await client.start_workflow(kind.__name__, id=workflow_id, task_queue=QUEUE)
    await asyncio.sleep(APART_S)
    await (handle.signal("deed", first) if kind in SIGNALLED else handle.execute_update("deed", first))
    return handle
