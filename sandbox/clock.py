"""The vendors' own clock: real time plus what the control endpoint has advanced it by."""

import time

from sandbox.store import Store


class Clock:
    def __init__(self, store: Store) -> None:
        self._store = store

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + float(self._store.setting("clock_ahead", 0.0))

    def advance(self, seconds: float) -> None:
        self._store.set("clock_ahead", float(self._store.setting("clock_ahead", 0.0)) + seconds)
