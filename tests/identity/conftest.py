"""Tries are counted over minutes and hours; here every test begins with none."""

from collections.abc import AsyncIterator

import pytest_asyncio
from sqlalchemy import delete

from domain.actors import House
from models import RateWindow
from tests.fixtures.house import RunningHouse


@pytest_asyncio.fixture(autouse=True)
async def no_tries_yet(request: object, house: RunningHouse) -> AsyncIterator[None]:
    await forget_tries(house)
    yield


async def forget_tries(house: RunningHouse) -> None:
    async with house.database.transaction(House()) as session:
        await session.execute(delete(RateWindow))
