"""People of the demo's organizations, each signed in once (sign-ins are counted)."""

from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from tests.fixtures.house import ORGANIZATIONS, RunningHouse, Visitor
from tests.organization.business import five_weeks
from tests.organization.cases import CARLOS, LINDA, OLIVIA, RUTH


@pytest_asyncio.fixture(scope="session")
async def owner(house: RunningHouse) -> AsyncIterator[httpx.AsyncClient]:
    async with house.client(ORGANIZATIONS, *OLIVIA) as client:
        yield client


@pytest_asyncio.fixture(scope="session")
async def coordinator(house: RunningHouse) -> AsyncIterator[httpx.AsyncClient]:
    async with house.client(ORGANIZATIONS, *CARLOS) as client:
        yield client


@pytest_asyncio.fixture(scope="session")
async def clinical_lead(house: RunningHouse) -> AsyncIterator[httpx.AsyncClient]:
    async with house.client(ORGANIZATIONS, *RUTH) as client:
        yield client


@pytest_asyncio.fixture(scope="session")
async def stranger(house: RunningHouse) -> AsyncIterator[httpx.AsyncClient]:
    """The owner of another organization."""
    async with house.client(ORGANIZATIONS, *LINDA) as client:
        yield client


@pytest_asyncio.fixture(scope="session")
async def olivia(house: RunningHouse) -> AsyncIterator[Visitor]:
    """The owner at the pages."""
    async with house.visitor(ORGANIZATIONS) as visitor:
        await visitor.sign_in(*OLIVIA)
        yield visitor


@pytest_asyncio.fixture(scope="session")
async def carlos(house: RunningHouse) -> AsyncIterator[Visitor]:
    """The care coordinator at the pages."""
    async with house.visitor(ORGANIZATIONS) as visitor:
        await visitor.sign_in(*CARLOS)
        yield visitor


@pytest_asyncio.fixture(scope="session")
async def ruth(house: RunningHouse) -> AsyncIterator[Visitor]:
    """The clinical lead at the pages."""
    async with house.visitor(ORGANIZATIONS) as visitor:
        await visitor.sign_in(*RUTH)
        yield visitor


@pytest_asyncio.fixture(scope="session")
async def business(house: RunningHouse) -> None:
    """Five weeks of it at Praxis Lindenhof."""
    await five_weeks(house)
