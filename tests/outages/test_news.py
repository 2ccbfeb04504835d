"""News of a database whose machine is gone without a word: the next connection brings them."""

import asyncio
from urllib.parse import urlsplit

from portals.core.live import EVERYTHING, Hub
from tests.fixtures.house import RunningHouse
from tests.outages.relay import relayed

PULSE_S = 0.3


async def test_a_listener_that_hears_nothing_asks_and_listens_anew(house: RunningHouse) -> None:
    there = urlsplit(house.owner_url)
    async with relayed(there.hostname or "", there.port or 0) as relay:
        hub = Hub(house.owner_url.replace(f":{there.port}/", f":{relay.port}/"), pulse=PULSE_S)
        await hub.start()
        await hub.listening.wait()
        async with hub.subscribe("journey/anybody") as queue, asyncio.timeout(10):
            relay.vanish()
            assert await queue.get() == EVERYTHING
            await hub.listening.wait()
            await house.sql("select pg_notify('fourdoors', 'journey/anybody')")
            assert await queue.get() == "journey/anybody"
        await hub.stop()
