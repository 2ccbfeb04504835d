"""Bring a database to the present schema, and its walls to what the policy says."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from alembic import command
from alembic.config import Config
from asyncpg import LockNotAvailableError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from models.outage import first_cause
from models.security import install

FOLDER = Path(__file__).parent.parent / "migrations"
YIELD = text("set local lock_timeout = '400ms'")
"""After so long a wait for a table. After a second PostgreSQL looks for deadlocks, and would end somebody at work."""
TRIES, PAUSE_SECONDS = 60, 0.5


class TablesTaken(Exception):
    """Somebody holds on to a table for longer than anybody at work would."""


async def migrate(owner_url: str, actor_keys: Sequence[bytes], app_password: str) -> None:
    """Run as the schema's owner: one transaction, safe to run again, by several processes at once, and while people
    work: it begins anew rather than make them wait. Raises `TablesTaken`."""
    engine = create_async_engine(async_url(owner_url))
    try:
        for _ in range(TRIES):
            if await _migrated(engine, actor_keys, app_password):
                return
            await asyncio.sleep(PAUSE_SECONDS)
    finally:
        await engine.dispose()
    raise TablesTaken


async def _migrated(engine: AsyncEngine, actor_keys: Sequence[bytes], app_password: str) -> bool:
    """False: somebody held on to a table."""
    try:
        async with engine.begin() as connection:
            await connection.execute(text("select pg_advisory_xact_lock(4004)"))
            await connection.execute(YIELD)
            await connection.run_sync(_upgrade)
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            await install(driver, actor_keys, app_password)
    except (DBAPIError, LockNotAvailableError) as failed:
        if isinstance(first_cause(failed), LockNotAvailableError):
            return False
        raise
    return True


def async_url(url: str) -> str:
    """The same address for SQLAlchemy's asyncpg, whatever driver it names; there `sslmode` is `ssl`."""
    return "postgresql+asyncpg://" + url.split("://", 1)[1].replace("?sslmode=", "?ssl=")


def app_url(owner_url: str, app_role: str, app_password: str) -> str:
    """The same database as seen by the application's own role."""
    place = async_url(owner_url).split("://", 1)[1].rsplit("@", 1)[-1]
    return f"postgresql+asyncpg://{app_role}:{quote(app_password, safe='')}@{place}"


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
