"""One child process: started under our mark, logged to a file, stopped politely, never left behind.

Every child carries `MARK` in its environment, so a later start finds what a killed one left behind,
and on Linux the kernel stops the child when the process that started it dies.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

MARK = "FOURDOORS_SUPERVISED_BY"
LARGEST_LOG = 20_000_000
TAIL = 800
PRIVATE = 0o600
ALL_BUT_FULL = 20_000_000


class NotStarted(Exception):
    """A child did not come up; the message is one sentence for the person at the terminal."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run, and how to see that it serves.

    `owner` is the state directory whose mark it carries; `privileges` is a prefix of the command which
    gives some up. Whatever ends it while fewer than `needs` bytes are free there, the disk is to blame.
    """

    name: str
    argv: Sequence[str]
    owner: Path
    log: Path
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    privileges: Sequence[str] = ()
    working_directory: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 10.0
    keep_open: tuple[int, ...] = ()
    needs: int = ALL_BUT_FULL

    def start(self) -> "Child":
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".old.log"))
        log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE)
        try:
            begins_at = os.fstat(log).st_size
            process = subprocess.Popen(
                [*self.privileges, *dies_with_parent(self.stop_signal), *self.argv],
                env={**os.environ, **self.environment, MARK: str(self.owner.resolve())},
                cwd=self.working_directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=self.keep_open,
                start_new_session=True,
                umask=0o077,
            )
        finally:
            os.close(log)
        return Child(self, process, begins_at)


@dataclass(frozen=True)
class Child:
    """A running program, and where in its log this run begins."""

    program: Program
    process: subprocess.Popen[bytes]
    log_begins_at: int = 0
    since: float = field(default_factory=time.monotonic)

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def wait_until_ready(self, seconds: float = 30.0) -> "Child":
        """Raises NotStarted when it ends or is not ready in time; it is stopped then."""
        deadline = time.monotonic() + seconds
        try:
            while not (self.alive and self.program.ready()):
                if not self.alive or time.monotonic() > deadline:
                    fate = "is not ready" if self.alive else f"ended with code {self.process.returncode}"
                    raise self.not_started(f"{self.program.name} {fate}")
                time.sleep(0.02)
        except BaseException:
            self.stop()
            raise
        return self

    def not_started(self, what: str) -> NotStarted:
        """`what` has become of it, and why: a full disk, or else what it said itself."""
        owner = self.program.owner.resolve()
        if shutil.disk_usage(owner).free < self.program.needs:
            return NotStarted(f"{what}: the disk where {owner} lies is full. Make room and start again.")
        return NotStarted(f"{what}; see {self.program.log}: {self.last_words()}")

    def last_words(self) -> str:
        """The end of its log, on one line."""
        said = self.program.log.read_bytes()[self.log_begins_at :].decode(errors="replace")
        return " | ".join(said[-TAIL:].strip().splitlines()[-3:])

    def stop(self) -> None:
        """Asks politely, waits `stop_within` seconds, then kills it and whatever it started."""
        if self.alive:
            self.process.send_signal(self.program.stop_signal)
        try:
            self.process.wait(self.program.stop_within)
        except subprocess.TimeoutExpired:
            self.end_group()
            self.process.wait()

    def kill(self) -> None:
        """kill -9, as a crash would."""
        self.process.kill()
        self.process.wait()

    def end_group(self) -> None:
        """kill -9 for it and for what it started."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def dies_with_parent(stop_signal: signal.Signals) -> list[str]:
    """A prefix of the command: the kernel sends the stop signal when the starting process is gone.

    It comes after a change of user, which would undo it.
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    return [setpriv, "--pdeathsig", stop_signal.name.removeprefix("SIG"), "--"] if setpriv else []


def left_behind(owner: Path) -> list[psutil.Process]:
    """Living processes which carry the mark of this state directory."""
    mark = str(owner.resolve())
    return [
        process
        for process in psutil.process_iter(["environ"])
        if (process.info["environ"] or {}).get(MARK) == mark and process.pid != os.getpid()
    ]


def reap(owner: Path, seconds: float = 10.0) -> int:
    """Ends what an earlier, killed start left behind. Returns how many processes that were."""
    found = left_behind(owner)
    for process in found:
        _quietly(process.terminate)
    _, stubborn = psutil.wait_procs(found, timeout=seconds)
    for process in stubborn:
        _quietly(process.kill)
    psutil.wait_procs(stubborn, timeout=seconds)
    return len(found)


def _quietly(end: Callable[[], None]) -> None:
    try:
        end()
    except psutil.NoSuchProcess:
        return
