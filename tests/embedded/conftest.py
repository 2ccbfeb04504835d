"""Fresh engines on free ports, for tests which kill them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.ports import any_free
from embedded.postgres import Postgres
from embedded.processes import reap
from embedded.temporal import Temporal
from tests.embedded.terminal import PORTS, Run, Terminal


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """An empty state directory; nothing that carries its mark outlives the test."""
    yield tmp_path
    reap(tmp_path)


@pytest.fixture
def a_postgres(state: Path) -> Postgres:
    return Postgres(
        owner=state, directory=state / "postgres", log=state / "postgres.log", port=any_free(), password="secret"
    )


@pytest.fixture
def a_temporal(state: Path) -> Temporal:
    return Temporal(owner=state, database=state / "temporal.db", log=state / "temporal.log", port=any_free())


@pytest.fixture
def run(state: Path) -> Iterator[Run]:
    terminals: list[Terminal] = []
    given = {f"FOURDOORS_{name}": str(any_free()) for name in PORTS} | {"FOURDOORS_STATE_DIR": str(state)}

    def start(**more: str) -> Terminal:
        terminals.append(Terminal({**given, **more}))
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.process.kill()
        terminal.process.communicate()
