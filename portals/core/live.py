"""Live status: what changed in the database reaches every page that watches it.

One LISTEN connection per process, however many pages are open. The channel's payload is a topic; a page learns
*that* its topic changed and fetches its fragment again. Nothing here holds a database session for a stream.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import asyncpg
from fastapi.sse import ServerSentEvent

EVERYTHING = "*"
RETRY_MS = 1000
PAUSE = 0.5
JUST_NOW = 10.0
"""Seconds between the making of a page and the opening of its stream in which no news may get lost."""
PULSE, PATIENCE = 15.0, 10.0
"""A database whose machine is gone says nothing, and neither does one that has no news: so it is asked."""


class Hub:
    """`dsn` as asyncpg takes it, `channel` that the database notifies. `start` once per process, then `subscribe`."""

    def __init__(self, dsn: str, channel: str = "fourdoors", pulse: float = PULSE) -> None:
        self.dsn = dsn
        self.channel = channel
        self.pulse = pulse
        self.listening = asyncio.Event()
        self._waiting: dict[str, set[asyncio.Queue[str]]] = {}
        self._told: dict[str, float] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="live hub")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def publish(self, topic: str) -> None:
        """Wake this process's subscribers of `topic`; one wake-up waits at most, the rest are the same news."""
        self._remember(topic)
        for name, queues in self._waiting.items():
            if topic in (EVERYTHING, name):
                for queue in queues:
                    if queue.empty():
                        queue.put_nowait(topic)

    @contextlib.asynccontextmanager
    async def subscribe(self, *topics: str) -> AsyncIterator[asyncio.Queue[str]]:
        """A queue that yields a topic whenever one of `topics` has changed."""
        queue: asyncio.Queue[str] = asyncio.Queue(1)
        for topic in topics:
            self._waiting.setdefault(topic, set()).add(queue)
        try:
            yield queue
        finally:
            for topic in topics:
                self._forget(topic, queue)

    async def events(self, *topics: str) -> AsyncIterator[ServerSentEvent]:
        """The stream behind `<live-region>`: "hello" once, then "changed" as often as one of `topics` changes."""
        async with self.subscribe(*topics) as queue:
            yield ServerSentEvent(event="hello", raw_data="", retry=RETRY_MS)
            if any(self._told.get(topic, 0.0) > time.monotonic() - JUST_NOW for topic in topics):
                yield ServerSentEvent(event="changed", raw_data="")
            while True:
                await queue.get()
                yield ServerSentEvent(event="changed", raw_data="")

    def _remember(self, topic: str) -> None:
        """What was told just now, the oldest first; the rest is forgotten."""
        now = time.monotonic()
        self._told.pop(topic, None)
        self._told[topic] = now
        while now - next(iter(self._told.values())) > JUST_NOW:
            del self._told[next(iter(self._told))]

    def _forget(self, topic: str, queue: asyncio.Queue[str]) -> None:
        self._waiting[topic].discard(queue)
        if not self._waiting[topic]:
            del self._waiting[topic]

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._listen()
            self.listening.clear()
            await asyncio.sleep(PAUSE)

    async def _listen(self) -> None:
        lost = asyncio.Event()
        connection = await asyncpg.connect(self.dsn, timeout=PATIENCE, server_settings={"application_name": "live hub"})
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(self.channel, lambda *told: self.publish(told[3]))
            self.publish(EVERYTHING)  # whatever happened during a gap
            self.listening.set()
            while not lost.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(lost.wait(), self.pulse)
                await connection.execute("select", timeout=min(self.pulse, PATIENCE))
        finally:
            await connection.close(timeout=2)
