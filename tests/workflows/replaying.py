"""`python -m tests.workflows.replaying`: every recorded history, in a worker that has done nothing before.

Nobody else has read what a library reads when it is first asked, and a workflow may open no file.
"""

import asyncio
import os
import sys
from pathlib import Path

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from worker import WORKFLOWS, workflow_runner
from workflows.converter import DATA_CONVERTER

RECORDED = sorted((Path(__file__).parent / "histories").glob("*.json"))


async def replay_all() -> dict[str, Exception]:
    """What went wrong, by name."""
    replayer = Replayer(workflows=WORKFLOWS, data_converter=DATA_CONVERTER, workflow_runner=workflow_runner())
    failed = {}
    for path in RECORDED:
        recorded = WorkflowHistory.from_json(path.stem, path.read_text())
        result = await replayer.replay_workflow(recorded, raise_on_replay_failure=False)
        if result.replay_failure:
            failed[path.stem] = result.replay_failure
    return failed


if __name__ == "__main__":
    failures = asyncio.run(replay_all())
    for name, failure in failures.items():
        sys.stderr.write(f"{name}: {failure!r}\n")
    sys.stderr.flush()
    os._exit(bool(failures))  # the SDK's threads can crash an interpreter that exits
