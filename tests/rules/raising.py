"""A worker in a process of its own, with our logs, in which an activity and a workflow raise what a person typed."""

import asyncio
import os
import sys
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

from temporalio import activity, workflow
from temporalio.client import WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from gateways import logs, temporal
from gateways.payload_codec import EncryptingCodec
from tests.fixtures.keys import FewKeys

CANARY = "Canary Patient canary@example.org"


@activity.defn
async def fails() -> None:
    activity.logger.warning(f"before: {CANARY}")
    raise ValueError(CANARY)


@workflow.defn
class InActivity:
    @workflow.run
    async def run(self) -> None:
        once = RetryPolicy(maximum_attempts=1)
        await workflow.execute_activity(fails, start_to_close_timeout=timedelta(seconds=5), retry_policy=once)


@workflow.defn
class InWorkflow:
    @workflow.run
    async def run(self) -> None:
        raise KeyError(CANARY)


async def main(address: str) -> None:
    client = await temporal.connect(address, "fourdoors", codec=EncryptingCodec(FewKeys(), "fourdoors"))
    workflows, runner = [InActivity, InWorkflow], UnsandboxedWorkflowRunner()
    queue = f"raising/{uuid4()}"
    async with Worker(client, task_queue=queue, workflows=workflows, activities=[fails], workflow_runner=runner):
        with suppress(WorkflowFailureError):
            await client.execute_workflow(InActivity.run, id=f"raising/{uuid4()}", task_queue=queue)
        stuck = await client.start_workflow(InWorkflow.run, id=f"raising/{uuid4()}", task_queue=queue)
        await asyncio.sleep(1.5)
        await stuck.terminate()
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    logs.configure("info")
    asyncio.run(main(sys.argv[1]))
