"""Idempotency keys as Stripe keeps them: the first result, even a 500, is the result for a day."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.store import Json
from sandbox.stripe.errors import in_use, other_body
from sandbox.world import World

REMEMBERED_S = 24 * 60 * 60


class IdempotencyKeys:
    def __init__(self, world: World) -> None:
        self._world = world
        self._running: set[str] = set()

    @contextmanager
    def held(self, key: str | None) -> Iterator[None]:
        """Refuses a second call with the same key while the first is still running."""
        if key is None:
            yield
            return
        if key in self._running:
            raise in_use(key)
        self._running.add(key)
        try:
            yield
        finally:
            self._running.discard(key)

    def recall(self, key: str, request: str) -> Json | None:
        """The stored {"status", "body"}. `request` is what was asked; other words under one key are refused."""
        kept = self._world.store.get("idempotency", key)
        if kept is None or kept["at"] + REMEMBERED_S <= self._world.clock.now():
            return None
        if kept["request"] != _digest(request):
            raise other_body(key)
        return kept

    def keep(self, key: str, request: str, status: int, body: Json) -> None:
        kept = {"id": key, "at": self._world.clock.now(), "request": _digest(request)}
        self._world.store.put("idempotency", kept | {"status": status, "body": body})


def _digest(request: str) -> str:
    return hashlib.sha256(json.dumps(request).encode()).hexdigest()
