"""Recorded histories of every branch still replay: a workflow that changes without a patch is caught here.

When this fails, either make the change behind `workflow.patched("…")` so that runs that began before it go on, or,
if no such run can exist (nothing of it was ever released), record again:

    RECORD_HISTORIES=1 python -m pytest tests/workflows
"""

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from worker import WORKFLOWS, workflow_runner
from workflows.converter import DATA_CONVERTER

RECORDED = sorted((Path(__file__).parent / "histories").glob("*.json"))


def test_there_are_histories() -> None:
    assert len(RECORDED) >= 45


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
async def test_replay(path: Path) -> None:
    recorded = WorkflowHistory.from_json(path.stem, path.read_text())  # noqa: ASYNC240 - a small file
    replayer = Replayer(workflows=WORKFLOWS, data_converter=DATA_CONVERTER, workflow_runner=workflow_runner())
    await replayer.replay_workflow(recorded)
