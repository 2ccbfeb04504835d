"""One world for all walls of the web: everybody who may knock, and one of everything."""

from collections.abc import AsyncIterator

import pytest_asyncio
from sqlmodel import select

from domain.actors import House
from models import Organization
from tests.access.callers import callers, knocking
from tests.access.test_matrix import World
from tests.access.things import owned, staff_person
from tests.fixtures.house import AURORA, MARIGOLD, SANA, RunningHouse


@pytest_asyncio.fixture(scope="package")
async def world(house: RunningHouse) -> AsyncIterator[World]:
    async with house.database.transaction(House()) as session:
        found = {row.key: row.id for row in await session.scalars(select(Organization))}
    here = (await staff_person(house, found["northlight"], "owner")).id
    there = (await staff_person(house, found["lindenhof"], "owner")).id
    own = await owned(house, AURORA, "northlight", here)
    others = {
        "other brand": await owned(house, SANA, "northlight", here),
        "other tenant": await owned(house, MARIGOLD, "lindenhof", there),
    }
    async with knocking(house) as client:
        yield World(house, own, others, await callers(house, own), client)
