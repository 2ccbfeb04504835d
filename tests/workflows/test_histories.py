"""Recorded histories of every branch still replay: a workflow that changes without a patch is caught here.

When this fails, either make the change behind `changed("…")` (`workflows/changes.py`) so that runs that began before it
go on, or, if no such run can exist (nothing of it was ever released), record again:

    RECORD_HISTORIES=1 python -m pytest tests/workflows
"""

import subprocess
import sys

from tests.workflows.replaying import RECORDED


def test_there_are_histories() -> None:
    assert len(RECORDED) >= 100


def test_they_replay_in_a_worker_that_has_just_started() -> None:
    fresh = [sys.executable, "-m", "tests.workflows.replaying"]
    done = subprocess.run(fresh, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr[-4000:]
