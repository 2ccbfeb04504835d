"""What a run knows of is asked for in one place, at its beginning: anywhere else a replay may hear another answer."""

import re
from collections import Counter
from pathlib import Path

from workflows.changes import RELEASES

SOURCES = {path.name: path.read_text() for path in Path("workflows").glob("*.py")}


def test_nobody_else_asks_the_engine() -> None:
    assert {name for name, source in SOURCES.items() if "workflow.patched(" in source} == {"changes.py"}


def test_each_change_is_of_one_release_and_every_one_is_made() -> None:
    made = {change for source in SOURCES.values() for change in re.findall(r'changed\("([a-z-]+)"\)', source)}
    of_releases = Counter(change for changes in RELEASES.values() for change in changes)
    assert made == set(of_releases)
    assert set(of_releases.values()) == {1}


def test_workflows_with_changes_ask_at_the_beginning() -> None:
    asking = re.compile(r"__init__\(.*\n        ask_at_the_beginning\(\)\n")
    at_the_beginning = {name for name, source in SOURCES.items() if asking.search(source)}
    assert at_the_beginning == {"appointment.py", "patient_journey.py"}
