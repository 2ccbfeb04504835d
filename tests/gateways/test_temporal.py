"""Connecting waits for a server that still starts, and gives up in time when none comes."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from embedded.ports import any_free
from embedded.processes import Child
from embedded.temporal import Temporal
from gateways import temporal


async def test_it_waits_while_the_server_starts(tmp_path: Path) -> None:
    server = Temporal(owner=tmp_path, database=tmp_path / "temporal.db", log=tmp_path / "log", port=any_free())
    connecting = asyncio.create_task(temporal.connect(server.address, "fourdoors"))
    await asyncio.sleep(0.7)
    assert not connecting.done()
    child: Child = await asyncio.to_thread(server.start)
    try:
        client = await connecting
        assert await temporal.is_ready(client)
    finally:
        child.stop()
    assert not await temporal.is_ready(client)


async def test_it_gives_up_in_time() -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(RuntimeError):
        await temporal.connect(f"127.0.0.1:{any_free()}", "fourdoors", patience=timedelta(seconds=1))
    assert loop.time() - began < 10
