"""The house of a simulation: its own engines on free ports, gone afterwards."""

import asyncio
import gc
import multiprocessing
import secrets
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import uvicorn
from pydantic import SecretStr
from temporalio.client import Client

import composition
import worker
from embedded import ports
from embedded.postgres import Postgres
from embedded.temporal import Temporal
from gateways import logs
from models.migrations import migrate
from models.session import Database
from sandbox.app import build
from sandbox.options import Options
from sandbox.sendgrid.signature import public_key
from settings import Settings
from usecases.context import Context
from usecases.packs.loading import load_pack
from usecases.packs.reading import read_pack
from workflows.search_attributes import REGISTRY

PACK = Path(__file__).parents[2] / "packs" / "demo"
MANY = 1_000_000
"""One person asks as thousands would."""
FAST = {"synchronous_commit": "off", "fsync": "off"}


@dataclass(frozen=True)
class Clinic:
    context: Context
    sandbox_url: str
    superuser_url: str
    settings: Settings
    booking: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Everybody's clock is their own here: to whoever is days ahead, a hold of this moment is long over until its
    workflow stands. So one books at a time."""

    async def sql(self, query: str, *values: object) -> list[asyncpg.Record]:
        """Everything there is, past the walls: only a simulation's own checks may look like this."""
        connection = await asyncpg.connect(self.superuser_url)
        try:
            return list(await connection.fetch(query, *values))
        finally:
            await connection.close()


@asynccontextmanager
async def clinic(*, worker_apart: bool = False) -> AsyncIterator[Clinic]:
    logs.configure("warning")
    with (
        tempfile.TemporaryDirectory(prefix="fourdoors-") as folder,
        engines(Path(folder)) as (owner_url, address),
        vendors() as sandbox_url,
    ):
        settings = settings_for(owner_url, address, sandbox_url)
        assert settings.actor_key
        assert settings.database_app_password
        key = bytes.fromhex(settings.actor_key.get_secret_value())
        await migrate(owner_url, [key], settings.database_app_password.get_secret_value())
        database = composition.database_of(settings)
        await load_pack(database, composition.passwords_of(settings), read_pack(PACK))
        keyring = composition.keyring_of(settings, database)
        temporal = await composition.temporal_of(settings, keyring)
        async with working(settings, temporal, database, worker_apart):
            context = composition.context_of(settings, database, temporal, keyring)
            yield Clinic(context, sandbox_url, owner_url.replace("//fourdoors:", "//postgres:"), settings)
        await database.close()


@asynccontextmanager
async def working(settings: Settings, temporal: Client, database: Database, apart: bool) -> AsyncIterator[None]:
    """A worker is there; `apart` in a process of its own, so that what is simulated keeps a second core busy."""
    if not apart:
        async with worker.build_worker(temporal, worker.activities_of(settings, database)):
            yield
        return
    process = multiprocessing.get_context("spawn").Process(target=work, args=(settings,), daemon=True)
    process.start()
    try:
        yield
    finally:
        process.terminate()
        await asyncio.to_thread(process.join, 10)


def work(settings: Settings) -> None:
    tidy_seldom()
    logs.configure("warning")
    asyncio.run(worker.run(settings))


def tidy_seldom() -> None:
    """A simulation ends before its memory is worth the time that looking for circles takes."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def settings_for(owner_url: str, temporal_address: str, sandbox_url: str) -> Settings:
    return Settings(
        database_url=SecretStr(owner_url),
        database_app_password=SecretStr(secrets.token_urlsafe()),
        actor_key=SecretStr(secrets.token_hex(32)),
        secret_key=SecretStr(secrets.token_hex(32)),
        payload_keys=SecretStr(f"bench:{secrets.token_hex(32)}"),
        temporal_address=temporal_address,
        sandbox_url=sandbox_url,
        sendgrid_public_key=public_key("sandbox"),
        metrics_port=ports.any_free(),
        requests_per_address=MANY,
        requests_per_person=MANY,
        requests_per_organization=MANY,
    )


@contextmanager
def engines(state: Path) -> Iterator[tuple[str, str]]:
    state.chmod(0o755)
    postgres = Postgres(
        owner=state,
        directory=state / "postgres",
        log=state / "postgres.log",
        port=ports.any_free(),
        password=secrets.token_urlsafe(),
        parameters=FAST,
    )
    temporal = Temporal(
        owner=state,
        database=state / "temporal.db",
        log=state / "temporal.log",
        port=ports.any_free(),
        search_attributes=REGISTRY,
        time_skipping=True,
    )
    records = postgres.start()
    promises = temporal.start()
    try:
        yield postgres.url, temporal.address
    finally:
        promises.stop()
        records.stop()


@contextmanager
def vendors() -> Iterator[str]:
    port = ports.any_free()
    url = f"http://127.0.0.1:{port}"
    server = uvicorn.Server(
        uvicorn.Config(build(Options(public_url=url, webhook_url=None)), port=port, log_level="error")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield url
    finally:
        server.should_exit = True
        thread.join(5)


async def pause() -> None:
    await asyncio.sleep(0.03)
