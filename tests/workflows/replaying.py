"""`python -m tests.workflows.replaying`: every recorded history in a worker that has done nothing before."""

import asyncio
import os
from pathlib import Path

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from worker import WORKFLOWS, workflow_runner
from workflows.converter import DATA_CONVERTER

RECORDED = sorted((Path(__file__).parent / "histories").glob("*.json"))


async def replay(path: Path) -> None:
    recorded = WorkflowHistory.from_json(path.stem, path.read_text())  # noqa: ASYNC240 - a small file
    replayer = Replayer(workflows=WORKFLOWS, data_converter=DATA_CONVERTER, workflow_runner=workflow_runner())
    await replayer.replay_workflow(recorded)


async def replay_all() -> None:
    for path in RECORDED:
        await replay(path)


if __name__ == "__main__":
    asyncio.run(replay_all())
    os._exit(0)  # the SDK's threads can crash an interpreter that exits
