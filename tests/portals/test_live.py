"""What changes in the database reaches the pages that watch it, through one connection per process."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from portals.core.live import Hub


@pytest.fixture
async def hub(postgres: str) -> AsyncIterator[Hub]:
    made = Hub(postgres, "news")
    await made.start()
    async with asyncio.timeout(10):
        await made.listening.wait()
    yield made
    await made.stop()


async def notify(dsn: str, *topics: str) -> None:
    connection = await asyncpg.connect(dsn)
    for topic in topics:
        await connection.execute("select pg_notify('news', $1)", topic)
    await connection.close()


async def test_a_topic_wakes_those_who_watch_it_once(hub: Hub, postgres: str) -> None:
    async with hub.subscribe("journey/1") as mine, hub.subscribe("journey/2") as other, asyncio.timeout(5):
        await notify(postgres, "journey/1", "journey/1", "journey/1")
        assert await mine.get() == "journey/1"
        assert other.empty()
        assert mine.qsize() <= 1
    assert hub._waiting == {}


async def test_after_a_lost_connection_everybody_looks_again(hub: Hub, postgres: str) -> None:
    async with hub.subscribe("journey/1") as mine, asyncio.timeout(10):
        connection = await asyncpg.connect(postgres)
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where application_name = 'live hub' and usename = current_user"
        )
        await connection.close()
        assert await mine.get() == "*"
        await notify(postgres, "journey/1")
        assert await mine.get() == "journey/1"


async def test_a_stream_says_hello_and_then_only_that_something_changed(hub: Hub, postgres: str) -> None:
    stream = hub.events("journey/1")
    assert (await anext(stream)).event == "hello"
    await notify(postgres, "journey/1")
    async with asyncio.timeout(5):
        changed = await anext(stream)
    assert (changed.event, changed.raw_data) == ("changed", "")
    await stream.aclose()  # type: ignore[attr-defined]


async def test_what_changed_while_the_page_was_on_its_way_is_told(hub: Hub, postgres: str) -> None:
    async with hub.subscribe("journey/3") as heard, asyncio.timeout(5):
        await notify(postgres, "journey/3")
        await heard.get()
    late, other = hub.events("journey/3"), hub.events("journey/4")
    async with asyncio.timeout(5):
        assert [(await anext(late)).event, (await anext(late)).event] == ["hello", "changed"]
        assert (await anext(other)).event == "hello"
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(other), 0.2)
    await late.aclose()  # type: ignore[attr-defined]
