"""The database before the doors open: its schema, and what packs bring into it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from composition import complete, database_of, revealed
from models import migrations
from models.session import Database
from settings import Settings
from usecases.packs.loading import is_empty, load_pack
from usecases.packs.reading import read_pack


async def migrated(settings: Settings) -> None:
    """Present schema, present walls. Needs the owner's DATABASE_URL."""
    secrets = (settings.database_url, settings.actor_key, settings.database_app_password)
    owner, key, password = (revealed(secret) or "" for secret in secrets)
    await migrations.migrate(owner, bytes.fromhex(key), password)


async def loaded(settings: Settings, folder: Path) -> None:
    async with opened(settings) as database:
        await load_pack(database, read_pack(folder))


async def prepared(settings: Settings, demo_pack: Path) -> None:
    """The schema, and the demo pack once."""
    await migrated(settings)
    async with opened(settings) as database:
        if await is_empty(database):
            await load_pack(database, read_pack(demo_pack))


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    database = database_of(complete(settings))
    try:
        yield database
    finally:
        await database.close()
