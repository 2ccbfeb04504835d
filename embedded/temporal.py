"""The real Temporal server with its Web UI, from the wheel's binary, on one SQLite file, as measured best."""

import fcntl
import os
import shutil
import subprocess
import sysconfig
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from embedded.ports import LOOPBACK, answers
from embedded.processes import Child, NotStarted, Program

RETENTION = "720h"
QUEUES = ("transfer", "timer", "visibility", "outbound")
# The queue readers' poll limits are most of a step's latency: 15 ms with these, 55 ms without.
PROFILE: Mapping[str, str] = {
    **{f"history.{queue}ProcessorMaxPollRPS": "2000" for queue in QUEUES},
    **{f"history.{queue}ProcessorMaxPollHostRPS": "20000" for queue in QUEUES},
    "frontend.namespaceRPS.visibility": "2000",
    "matching.enableFairness": "true",
}
SKIPPING: Mapping[str, str] = {
    "frontend.WorkflowTimeSkippingEnabled": "true",
    "history.timerProcessorMaxTimeShift": '"1ms"',
}


def binary(name: str = "temporal") -> str:
    """Beside this interpreter first, then on PATH."""
    places = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    found = shutil.which(name, path=places)
    if found is None:
        raise NotStarted(f"`{name}` is not installed; run `make run`, or set TEMPORAL_ADDRESS.")
    return found


@dataclass(frozen=True, kw_only=True)
class Temporal:
    """One server on the file `database`, below the state directory `owner`; `ui_port=None` leaves the UI out.

    The UI decodes payloads at `codec_endpoint`.

    `search_attributes` maps a name to its Temporal type, e.g. {"Stage": "Keyword"}. A changed type of a name
    that exists is silently ignored by the server. `dynamic_config` is the server's own, beyond the profile.
    """

    owner: Path
    database: Path
    log: Path
    port: int
    ui_port: int | None = None
    codec_endpoint: str = ""
    namespace: str = "fourdoors"
    search_attributes: Mapping[str, str] = field(default_factory=dict)
    dynamic_config: Mapping[str, str] = field(default_factory=dict)
    time_skipping: bool = False
    lock_patience: float = 15.0

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    def start(self) -> Child:
        """Raises NotStarted. The file stays locked for as long as the server lives, whoever started it."""
        self.database.parent.mkdir(parents=True, exist_ok=True)
        lock = self._lock()
        try:
            child = self._program(lock).start()
        finally:
            os.close(lock)
        child.wait_until_ready()
        self._keep_closed_workflows(child)
        return child

    def _program(self, lock: int) -> Program:
        return Program(
            name="Temporal",
            argv=self._command(),
            owner=self.owner,
            log=self.log,
            ready=lambda: answers(self.port),
            keep_open=(lock,),
        )

    def _command(self) -> list[str]:
        dynamic = {**PROFILE, **(SKIPPING if self.time_skipping else {}), **self.dynamic_config}
        attributes = (f"{name}={kind}" for name, kind in self.search_attributes.items())
        ui = ["--headless"] if self.ui_port is None else ["--ui-port", str(self.ui_port)]
        if self.codec_endpoint:
            ui += ["--ui-codec-endpoint", self.codec_endpoint]
        return [
            *(binary(), "server", "start-dev", "--ip", LOOPBACK, "--port", str(self.port), *ui),
            *("--namespace", self.namespace, "--db-filename", str(self.database)),
            *("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=normal"),
            *("--log-level", "warn", "--ui-disable-news-fetch"),
            *(part for attribute in attributes for part in ("--search-attribute", attribute)),
            *(part for pair in dynamic.items() for part in ("--dynamic-config-value", "=".join(pair))),
        ]

    def _keep_closed_workflows(self, child: Child) -> None:
        """They vanish after a day otherwise. It also shows that the server serves the namespace."""
        update = ["operator", "namespace", "update", "-n", self.namespace, "--retention", RETENTION]
        command = [binary(), *update, "--address", self.address]
        deadline = time.monotonic() + 30
        while subprocess.run(command, capture_output=True, check=False).returncode:
            if not child.alive or time.monotonic() > deadline:
                child.stop()
                raise NotStarted(f"Temporal does not serve `{self.namespace}`: {child.last_words()}")
            time.sleep(0.1)

    def _lock(self) -> int:
        """Two servers on one file both start and then hang workflows. The server inherits this descriptor."""
        lock = os.open(self.database.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + self.lock_patience
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return lock
            except BlockingIOError:
                if time.monotonic() > deadline:
                    os.close(lock)
                    raise NotStarted(f"Another Temporal server holds {self.database}; end it first.") from None
                time.sleep(0.1)
