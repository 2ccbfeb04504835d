"""Recorded histories of every branch still replay: a workflow that changes without a patch is caught here.

When this fails, either make the change behind `changed("…")` (`workflows/changes.py`) so that runs that began before it
go on, or, if no such run can exist (nothing of it was ever released), record again:

    RECORD_HISTORIES=1 python -m pytest tests/workflows
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflows.replaying import RECORDED, replay


def test_there_are_histories() -> None:
    assert len(RECORDED) >= 45


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
async def test_replay(path: Path) -> None:
    await replay(path)


def test_a_worker_that_has_just_started_knows_all_it_needs() -> None:
    """A workflow may open no file: what a library reads when it is first asked has to be read before."""
    fresh = [sys.executable, "-m", "tests.workflows.replaying"]
    done = subprocess.run(fresh, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
