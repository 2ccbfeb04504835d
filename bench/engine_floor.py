"""B4's floors, measured beside it: what the same journey costs when nothing is kept, sent or paid.

Two engines that only wait: one hears of people's deeds by signals, one by updates that a validator may refuse, which
is what people are owed. Neither has effects, records, deadlines or a second workflow.
"""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

DEEDS = ("consent", "triage", "book", "pay", "session", "note", "survey", "follow-up")
REMINDERS = 2
QUEUE = "engine-floor"
APART_S = 0.5
"""Between two deeds, so that none shares a workflow task; longer than the reminders take."""


class Waiting:
    def __init__(self) -> None:
        self.done: list[str] = []

    async def walk(self) -> None:
        """As long as the book says: reminders come between paying and the session."""
        await workflow.wait_condition(lambda: "pay" in self.done)
        for _ in range(REMINDERS):
            await workflow.sleep(timedelta(milliseconds=100))
        await workflow.wait_condition(lambda: len(self.done) == len(DEEDS))


@workflow.defn
class BySignals(Waiting):
    @workflow.run
    async def run(self) -> None:
        await self.walk()

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


async def floors(client: Client) -> list[WorkflowHandle[Any, Any]]:
    """Both engines at their end, signals first. A `client` that encrypts nothing leaves the fewest bytes."""
    async with Worker(client, task_queue=QUEUE, workflows=[BySignals, ByUpdates]):
        return [await walked(client, kind) for kind in (BySignals, ByUpdates)]


async def walked(client: Client, kind: type[Waiting]) -> WorkflowHandle[Any, Any]:
    handle = await client.start_workflow(kind.__name__, id=f"floor/{kind.__name__}", task_queue=QUEUE)
    for name in DEEDS:
        await (handle.signal("deed", name) if kind is BySignals else handle.execute_update("deed", name))
        await asyncio.sleep(APART_S)
    await handle.result()
    return handle
