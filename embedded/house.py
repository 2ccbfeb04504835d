"""Everything one command starts: in order, watched, started again when a part falls over, stopped in reverse."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from embedded.processes import Child, NotStarted

WATCH_EVERY = 0.25
MOST_RESTARTS = 5
RESTART_WINDOW = 60.0
PATIENCE = 60.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class Part:
    """Something that lives as long as the house. `start` may return before it is ready."""

    name: str
    start: Callable[[], Child]


@dataclass
class House:
    """The running parts, oldest first. `say` receives one line of progress at a time.

    Whoever kills a part that has worked for `long_enough` seconds is no reason to give it up: starting it again helps.
    `complaint` is what is wrong around the parts, "" while nothing is; it is said when it begins.
    """

    say: Say
    long_enough: float = 3.0
    complaint: Callable[[], str] = str
    running: dict[Part, Child] = field(default_factory=dict)
    restarts: dict[Part, list[float]] = field(default_factory=dict)

    def open(self, *parts: Part) -> None:
        """Starts them side by side and returns when all are ready. Raises NotStarted."""
        with self.meanwhile(*parts):
            pass

    @contextmanager
    def meanwhile(self, *parts: Part) -> Iterator[None]:
        """Starts them, lets the block do something else, and leaves it when all are ready."""
        began = time.monotonic()
        for part in parts:
            self.running[part] = part.start()
        yield
        for part in parts:
            self.running[part].wait_until_ready(PATIENCE)
            self._report(part.name, began)

    def do(self, name: str, action: Callable[[], None]) -> None:
        """Something that has to be done between two starts."""
        began = time.monotonic()
        action()
        self._report(name, began)

    def watch(self) -> None:
        """Returns never: starts again whatever ends. Raises NotStarted when that does not help."""
        known = ""
        while True:
            if (complaint := self.complaint()) and not known:
                self.say(complaint)
            known = complaint
            for part, child in list(self.running.items()):
                if not child.alive:
                    self._start_again(part, child)
            time.sleep(WATCH_EVERY)

    def close(self) -> None:
        """Youngest first, so that nothing loses what it still needs."""
        for part, child in reversed(self.running.items()):
            began = time.monotonic()
            child.stop()
            self._report(f"{part.name} stopped", began)

    def _start_again(self, part: Part, child: Child) -> None:
        """Does not wait until it is ready: what it needs to be ready may have ended too, and is next in turn."""
        now = time.monotonic()
        was_killed = child.process.returncode == -signal.SIGKILL
        if not was_killed or now - child.since < self.long_enough:
            recent = [at for at in self.restarts.get(part, []) if now - at < RESTART_WINDOW]
            if len(recent) >= MOST_RESTARTS:
                raise child.not_started(f"{part.name} keeps ending")
            self.restarts[part] = [*recent, now]
        self.say(f"{part.name} ended (code {child.process.returncode}); starting it again")
        child.end_group()
        try:
            self.running[part] = part.start()
        except NotStarted as reason:
            self.say(str(reason))

    def _report(self, name: str, began: float) -> None:
        self.say(f"{name:<36}{time.monotonic() - began:5.1f} s")


@contextmanager
def until_told_to_stop() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal leave the block; while it is left, they are ignored."""
    told = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, _stop) for number in told]
    try:
        yield
    except KeyboardInterrupt:
        return
    finally:
        for number, handler in zip(told, before, strict=True):
            signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> None:
    for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(told, signal.SIG_IGN)
    raise KeyboardInterrupt
