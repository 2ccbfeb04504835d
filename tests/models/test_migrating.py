"""Bringing a database to the present while people work: whoever reads or writes goes on."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from models.migrations import migrate
from settings import revealed
from tests.fixtures.house import RunningHouse
from tests.usecases.steps import until

DEADLOCKS_ARE_LOOKED_FOR_S = 1.0
WAITING = "select exists (select from pg_locks where relation = 'note'::regclass and not granted)"


@pytest.fixture
async def somebody(house: RunningHouse) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(house.owner_url.replace("//fourdoors:", "//postgres:"))
    yield connection
    await connection.close()


async def migrate_again(house: RunningHouse) -> None:
    settings = house.settings
    key = bytes.fromhex(revealed(settings.actor_key) or "")
    await migrate(house.owner_url, [key], revealed(settings.database_app_password) or "")


async def test_whoever_wants_what_is_being_migrated_gets_it(house: RunningHouse, somebody: asyncpg.Connection) -> None:
    tables = [
        row["tablename"] for row in await house.sql("select tablename from pg_tables where schemaname = 'public'")
    ]
    async with somebody.transaction():
        await somebody.execute("lock table note in row exclusive mode")
        migrating = asyncio.create_task(migrate_again(house))
        await until(lambda: is_waiting(house))
        await asyncio.sleep(1.2 * DEADLOCKS_ARE_LOOKED_FOR_S)
        for table in tables:
            await somebody.execute(f"lock table {table} in row exclusive mode")
    await migrating


async def is_waiting(house: RunningHouse) -> bool:
    ((waiting,),) = await house.sql(WAITING)
    return bool(waiting)
