"""Fresh engines on free ports, for tests which kill them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.ports import any_free
from embedded.postgres import Postgres
from embedded.processes import reap
from embedded.temporal import Temporal


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
