"""A relay in front of a server, which may fall silent: connections stay, and nothing comes through any more."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

CHUNK = 65_536


class Relay:
    """Listens on `port` of this machine. While it is `silent`, whoever connects is kept waiting, too."""

    def __init__(self, host: str, port: int) -> None:
        self._behind = (host, port)
        self._speaks = asyncio.Event()
        self._speaks.set()
        self._open: set[asyncio.Task[None]] = set()
        self._ends: list[asyncio.StreamWriter] = []
        self.port = 0

    def fall_silent(self) -> None:
        self._speaks.clear()

    def speak(self) -> None:
        self._speaks.set()

    def close(self) -> None:
        for end in self._ends:
            end.close()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._speaks.wait()
        there, back = await asyncio.open_connection(*self._behind)
        self._ends += [writer, back]
        for one, other in ((reader, back), (there, writer)):
            task = asyncio.create_task(self._pass_on(one, other))
            self._open.add(task)
            task.add_done_callback(self._open.discard)

    async def _pass_on(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while chunk := await source.read(CHUNK):
                await self._speaks.wait()
                sink.write(chunk)
                await sink.drain()
        sink.close()

    def vanish(self) -> None:
        """Whoever is connected never hears again, nor of an end; whoever connects now is passed on."""
        for task in self._open:
            task.cancel()


@asynccontextmanager
async def relayed(host: str, port: int) -> AsyncIterator[Relay]:
    relay = Relay(host, port)
    server = await asyncio.start_server(relay.take, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    yield relay
    relay.speak()
    relay.vanish()
    relay.close()
    server.close()
