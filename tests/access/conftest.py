"""What several tests of access begin with."""

import pytest_asyncio
from sqlalchemy import select
from sqlmodel import col

from domain.actors import House
from models import Organization
from tests.access.office import Office
from tests.access.things import staff_person
from tests.fixtures.house import RunningHouse


@pytest_asyncio.fixture
async def office(house: RunningHouse) -> Office:
    async with house.database.transaction(House()) as session:
        mine = select(col(Organization.id)).where(col(Organization.key) == "northlight")
        organization_id = (await session.scalars(mine)).one()
    owner = await staff_person(house, organization_id, "owner")
    return Office(house, organization_id, owner, await staff_person(house, organization_id, "support"))
