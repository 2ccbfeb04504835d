"""One world for all walls of the web."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.access.world import World, living
from tests.fixtures.house import RunningHouse


@pytest_asyncio.fixture(scope="package")
async def world(house: RunningHouse) -> AsyncIterator[World]:
    async with living(house) as made:
        yield made
