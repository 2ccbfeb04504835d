"""`cli.py run` on ports and a state directory of its own, seen from outside: its doors, its database, its parts."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil
from pydantic import SecretStr

import cli
import composition
from embedded.demo import serves
from embedded.ports import any_free
from embedded.processes import reap
from sandbox.options import Options
from settings import Settings
from tests.fixtures.house import RunningHouse
from tests.fixtures.sandbox import SandboxServer

PORTS = ("port", "sandbox_port", "temporal_port", "temporal_ui_port", "database_port", "metrics_port")
PARTS = {
    "postgres": "/postgres",
    "temporal": "start-dev",
    "sandbox": "sandbox",
    "web": "app:create",
    "worker": "worker.py",
}
"""How an argument of the part's command ends."""
OPENS_WITHIN_S, CLOSES_WITHIN_S = 120, 60
VENDOR_TIMEOUT_S = 3.0
HOLD_MINUTES = 1


@dataclass(frozen=True)
class OwnHouse:
    """`supervisor` is the process a person started; the parts are its children."""

    house: RunningHouse
    supervisor: psutil.Process
    log: Path

    def part(self, name: str) -> psutil.Process | None:
        """None while it is down."""
        for child in self.supervisor.children():
            try:
                if any(argument.endswith(PARTS[name]) for argument in child.cmdline()):
                    return child
            except psutil.NoSuchProcess:
                continue
        return None

    def is_ready(self) -> bool:
        settings = self.house.settings
        metrics, sandbox = settings.metrics_port, settings.sandbox_port
        return serves(settings.port, "/readyz") and serves(metrics, "/metrics") and serves(sandbox, "/_sandbox/health")


@asynccontextmanager
async def running(state: Path) -> AsyncIterator[OwnHouse]:
    given = Settings.model_validate({name: any_free() for name in PORTS} | {"state_dir": state})
    log = state / "terminal.log"
    process = _start(given, log)
    try:
        await asyncio.to_thread(_wait_until_open, process, log)
        async with _seen(given) as house:
            yield OwnHouse(house, psutil.Process(process.pid), log)
        process.send_signal(signal.SIGINT)
        assert process.wait(CLOSES_WITHIN_S) == 0, said(log)
    finally:
        process.kill()
        process.wait()
        reap(state)


def said(log: Path) -> str:
    return log.read_text()


def _start(given: Settings, log: Path) -> subprocess.Popen[bytes]:
    ports = {f"FOURDOORS_{name.upper()}": str(getattr(given, name)) for name in PORTS}
    told = {"FOURDOORS_STATE_DIR": str(given.state_dir), "FOURDOORS_VENDOR_TIMEOUT": str(VENDOR_TIMEOUT_S)}
    command = [sys.executable, "cli.py", "run"]
    with log.open("w") as terminal:
        return subprocess.Popen(command, env={**os.environ, **ports, **told}, stdout=terminal, stderr=terminal)


def _wait_until_open(process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + OPENS_WITHIN_S
    while "Fourdoors is open" not in said(log):
        assert process.poll() is None, said(log)
        assert time.monotonic() < ends, said(log)
        time.sleep(0.1)


@asynccontextmanager
async def _seen(given: Settings) -> AsyncIterator[RunningHouse]:
    """The same database, Temporal and sandbox, for a test to look into."""
    told = cli.demo_of(given).environment
    settings = given.model_copy(
        update={
            "database_url": SecretStr(told["DATABASE_URL"]),
            "database_app_password": SecretStr(told["FOURDOORS_DATABASE_APP_PASSWORD"]),
            "metrics_token": SecretStr(told["FOURDOORS_METRICS_TOKEN"]),
            "actor_key": SecretStr(told["FOURDOORS_ACTOR_KEY"]),
            "secret_key": SecretStr(told["FOURDOORS_SECRET_KEY"]),
            "payload_keys": SecretStr(told["FOURDOORS_PAYLOAD_KEYS"]),
            "temporal_address": told["TEMPORAL_ADDRESS"],
            "sandbox_url": told["FOURDOORS_SANDBOX_URL"],
        }
    )
    owner_url = told["DATABASE_URL"].replace("//fourdoors:", "//postgres:")
    await _shorten_holds(owner_url)
    database = composition.database_of(settings)
    keyring = composition.keyring_of(settings, database)
    temporal = await composition.temporal_of(settings, keyring)
    context = composition.context_of(settings, database, temporal, keyring)
    sandbox = SandboxServer(told["FOURDOORS_SANDBOX_URL"], Options())
    yield RunningHouse(settings, context, sandbox, owner_url)
    await database.close()


async def _shorten_holds(superuser_url: str) -> None:
    connection = await asyncpg.connect(superuser_url)
    await connection.execute("update appointment_type set hold_minutes = $1", HOLD_MINUTES)
    await connection.close()
