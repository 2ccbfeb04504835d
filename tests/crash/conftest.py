"""A house of its own processes, and as many seeds as `--crashes` says."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.crash.people import Patient
from tests.crash.running import OwnHouse, running


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(metafunc.config.getoption("crashes")))


@pytest_asyncio.fixture(scope="module")
async def own(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OwnHouse]:
    state: Path = tmp_path_factory.mktemp("crash")
    async with running(state) as house:
        yield house


@pytest.fixture(scope="module")
def everybody() -> list[Patient]:
    """Whoever came under any seed."""
    return []
