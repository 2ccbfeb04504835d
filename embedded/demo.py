"""The demo: which parts one command starts on a bare machine, and what each is told.

What is given from outside (a database, a Temporal, a sandbox) is used instead of the embedded part.
"""

import json
import secrets
import shutil
import sys
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from http.client import HTTPException
from pathlib import Path

from embedded import doctor, ports
from embedded.house import House, Part
from embedded.postgres import Postgres
from embedded.processes import NotStarted, Program, reap
from embedded.secrets import hexadecimal, keep
from embedded.temporal import Temporal

MAKERS = {
    "FOURDOORS_SECRET_KEY": hexadecimal,
    "FOURDOORS_ACTOR_KEY": hexadecimal,
    "FOURDOORS_PAYLOAD_KEYS": lambda: f"demo:{hexadecimal()}",
    "FOURDOORS_METRICS_TOKEN": hexadecimal,
    "FOURDOORS_DATABASE_APP_PASSWORD": secrets.token_urlsafe,
    "FOURDOORS_EMBEDDED_DATABASE_PASSWORD": secrets.token_urlsafe,
}


@dataclass(frozen=True, kw_only=True)
class Demo:
    """`root` holds `app.py`, `worker.py` and `cli.py`; `state` everything that has to outlive a start."""

    root: Path
    state: Path
    bind: str
    port: int
    processes: int
    metrics_port: int
    database_url: str | None
    database_port: int
    temporal_address: str | None
    temporal_port: int
    temporal_ui_port: int
    codec_endpoint: str
    temporal_namespace: str
    search_attributes: Mapping[str, str]
    sandbox_url: str | None
    sandbox_port: int
    sandboxed: bool
    given: Mapping[str, str]

    def take_place(self) -> int:
        """Locks the state directory, clears what a killed start left behind, looks at the ports. Raises Unfit."""
        doctor.check_state_directory(self.state)
        lock = doctor.occupy(self.state)
        reap(self.state)
        doctor.check_bind(self.bind)
        doctor.check_ports(self._wanted_ports())
        self._check_elsewhere()
        return lock

    def complaint(self) -> str:
        """What is wrong with the machine while the house is open, "" while nothing is."""
        return doctor.short_of_space(self.state)

    def _check_elsewhere(self) -> None:
        """What is given from outside answers."""
        if self.database_url is not None:
            doctor.check_reachable("DATABASE_URL", self.database_url, 5432)
        if self.temporal_address is not None:
            doctor.check_reachable("TEMPORAL_ADDRESS", f"temporal://{self.temporal_address}", 7233)
        if self.sandboxed and self.sandbox_url is not None:
            doctor.check_serves("FOURDOORS_SANDBOX_URL", f"{self.sandbox_url}/_sandbox/health")

    def open(self, house: House, prepare: Callable[[], None]) -> None:
        """Starts everything; `prepare` brings the database up to date before the doors open. Raises NotStarted."""
        if self.database_url is None:
            house.open(Part("PostgreSQL", self._postgres.start))
        if self.temporal_address is None:
            house.open(Part("Temporal and its Web UI", self._temporal.start))
        sandbox = [Part("The vendors' sandbox", self._sandbox().start)] if self._embeds_sandbox else []
        with house.meanwhile(*sandbox):
            house.do("Database schema and demo data", prepare)
        if self.sandboxed:
            self.environment.setdefault("FOURDOORS_SENDGRID_PUBLIC_KEY", self._event_key())
        house.open(Part("Portals and JSON doors", self._web().start), Part("Worker", self._worker().start))

    @cached_property
    def environment(self) -> dict[str, str]:
        """What our own programs are told."""
        told = {**self._secrets, "FOURDOORS_STATE_DIR": str(self.state.resolve()), "PYTHONUNBUFFERED": "1"}
        told["DATABASE_URL"] = self.database_url or self._postgres.url
        told["TEMPORAL_ADDRESS"] = self.temporal_address or self._temporal.address
        if self.sandboxed:
            told["FOURDOORS_SANDBOX_URL"] = self.sandbox_url or f"http://{ports.LOOPBACK}:{self.sandbox_port}"
        return told

    @cached_property
    def _secrets(self) -> dict[str, str]:
        kept = self.state / "secrets.env"
        doctor.check_secrets(kept, self._cluster)
        return {**keep(kept, MAKERS), **self.given}

    @property
    def _cluster(self) -> Path:
        return self.state / "postgres"

    @property
    def _reached_at(self) -> str:
        """Where we ourselves knock at the web process and the worker."""
        return ports.LOOPBACK if self.bind == ports.EVERYWHERE else self.bind

    @property
    def _embeds_sandbox(self) -> bool:
        return self.sandboxed and self.sandbox_url is None

    @cached_property
    def _postgres(self) -> Postgres:
        return Postgres(
            owner=self.state,
            directory=self._cluster,
            log=self._log("postgres"),
            port=self.database_port,
            password=self._secrets["FOURDOORS_EMBEDDED_DATABASE_PASSWORD"],
        )

    @cached_property
    def _temporal(self) -> Temporal:
        return Temporal(
            owner=self.state,
            database=self.state / "temporal.db",
            log=self._log("temporal"),
            port=self.temporal_port,
            ui_port=self.temporal_ui_port,
            codec_endpoint=self.codec_endpoint,
            namespace=self.temporal_namespace,
            search_attributes=self.search_attributes,
        )

    def _sandbox(self) -> Program:
        return self._ours(
            "sandbox",
            *("-m", "sandbox", "--port", str(self.sandbox_port), "--state", str(self.state / "sandbox.db")),
            *("--webhook-url", f"http://{self._reached_at}:{self.port}"),
            answers_at=self.sandbox_port,
        )

    def _event_key(self) -> str:
        """What verifies the sandbox's signed mail events."""
        address = f"{self.environment['FOURDOORS_SANDBOX_URL']}/_sandbox/sendgrid/public-key"
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return str(json.load(answer)["public_key"])
        except (OSError, HTTPException, ValueError, LookupError, TypeError) as error:
            raise NotStarted(f"{address} does not answer as the sandbox does ({error}): start the sandbox.") from error

    def _web(self) -> Program:
        web = self._ours(
            "web",
            *("-m", "uvicorn", "app:create", "--factory", "--host", self.bind, "--port", str(self.port)),
            *("--workers", str(self.processes), "--no-access-log", "--no-server-header", "--log-level", "warning"),
            *("--timeout-graceful-shutdown", "5"),
            answers_at=self.port,
            path="/readyz",
        )
        return replace(web, environment={**web.environment, **self._shared_metrics()})

    def _shared_metrics(self) -> dict[str, str]:
        """Several web processes add their metrics up in one folder, which begins empty."""
        if self.processes == 1:
            return {}
        folder = self.state / "metrics"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return {"PROMETHEUS_MULTIPROC_DIR": str(folder)}

    def _worker(self) -> Program:
        return self._ours("worker", "worker.py", answers_at=self.metrics_port, path="/metrics")

    def _ours(self, name: str, *arguments: str, answers_at: int = 0, path: str | None = None) -> Program:
        return Program(
            name=name,
            argv=[sys.executable, *arguments],
            owner=self.state,
            log=self._log(name),
            environment=self.environment,
            working_directory=self.root,
            ready=lambda: ports.answers(answers_at) if path is None else serves(answers_at, path, self._reached_at),
        )

    def _log(self, name: str) -> Path:
        return self.state / "log" / f"{name}.log"

    def _wanted_ports(self) -> dict[str, int]:
        wanted = {"FOURDOORS_PORT": self.port, "FOURDOORS_METRICS_PORT": self.metrics_port}
        if self.database_url is None:
            wanted["FOURDOORS_DATABASE_PORT"] = self.database_port
        if self.temporal_address is None:
            wanted["FOURDOORS_TEMPORAL_PORT"] = self.temporal_port
            wanted["FOURDOORS_TEMPORAL_UI_PORT"] = self.temporal_ui_port
        if self._embeds_sandbox:
            wanted["FOURDOORS_SANDBOX_PORT"] = self.sandbox_port
        return wanted


def serves(port: int, path: str, host: str = ports.LOOPBACK) -> bool:
    """True when an HTTP GET there answers 200."""
    try:
        with urllib.request.urlopen(f"http://{host}:{port}{path}", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, HTTPException):
        return False
