"""How fast one process lets anybody go on: token buckets in memory, because a write for each request would cost more
than most requests. What is guessable or costly is counted in Postgres instead (`identity/rate_limit.py`)."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from domain.refusals import TooManyRequests

MOST_REMEMBERED = 50_000
"""Of those who came least recently the bucket is forgotten, which is as good as full."""


class Buckets:
    """A bucket for everybody: `per_minute` uses fit in, and flow back evenly within a minute."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = float(per_minute)
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, who: str, uses: int = 1) -> float:
        """Take `uses` and answer 0.0, or take nothing and answer the seconds until they are there."""
        now, per_second = self._clock(), self._size / 60
        left, at = self._known.pop(who, (self._size, now))
        left = min(self._size, left + (now - at) * per_second)
        missing = min(uses, self._size) - left
        self._known[who] = (left if missing > 0 else left - uses, now)
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return missing / per_second if missing > 0 else 0.0

    def take(self, who: str, uses: int = 1) -> None:
        """Raise `TooManyRequests` with the time to wait."""
        if seconds := self.wait(who, uses):
            raise TooManyRequests(timedelta(seconds=seconds))


@dataclass(frozen=True)
class Pace:
    """Uses a minute in one process: of one person, of all of one organization, of one person's words in rooms, and
    of one person's drafts of journey plans and files, which take time to read."""

    persons: Buckets = field(default_factory=lambda: Buckets(6_000))
    organizations: Buckets = field(default_factory=lambda: Buckets(60_000))
    signals: Buckets = field(default_factory=lambda: Buckets(1_200))
    drafts: Buckets = field(default_factory=lambda: Buckets(120))
    files: Buckets = field(default_factory=lambda: Buckets(60))
