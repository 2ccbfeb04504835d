"""kill -9 of every part while people book, pay and cancel: no double charge, no lost booking, nothing stuck."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from temporalio.service import RPCError

from models.outage import DatabaseAway
from tests.crash.books import Books
from tests.crash.killer import kill_at_random
from tests.crash.people import PLANS, Patient, a_patient
from tests.crash.running import HOLD_MINUTES, PARTS, OwnHouse, said

SETTLES_WITHIN_S = 90
SLOW_S = 1.5
LOST = 2
NOT_UP_YET = (OSError, DatabaseAway, RPCError, httpx.TransportError)


async def test_whatever_is_killed_three_books_agree(own: OwnHouse, everybody: list[Patient], seed: int) -> None:
    chance = random.Random(seed)
    async with AsyncExitStack() as stack:
        plans = PLANS[seed % len(PLANS)]
        people = [await stack.enter_async_context(a_patient(own, plan, chance)) for plan in plans]
        everybody += people
        async with careless_vendor(own):
            storm = asyncio.create_task(kill_at_random(own, chance))
            await asyncio.gather(storm, *(person.go() for person in people))
    assert set(storm.result()) == set(PARTS)
    await all_agree(own, [person for person in people if person.plan != "abandons"])


async def test_when_every_hold_is_over_the_whole_house_agrees(own: OwnHouse, everybody: list[Patient]) -> None:
    await all_agree(own, everybody)
    assert any("paid" in person.told for person in everybody)
    totals = await own.house.sandbox.seen("totals")
    query = "select currency, sum(amount) from ledger_line where account = 'card-vendor' group by currency"
    ours = {row["currency"]: int(row["sum"]) for row in await own.house.sql(query)}
    assert ours == {
        currency: taken - totals["refunds"]["amounts"].get(currency, 0)
        for currency, taken in totals["charges"]["amounts"].items()
    }


@asynccontextmanager
async def careless_vendor(own: OwnHouse) -> AsyncIterator[None]:
    """Some answers about money never come and some late, so that kills fall between an effect and its record."""
    for route in ("POST /v1/payment_intents", "POST /v1/refunds"):
        await own.house.sandbox.fault("stripe", "drop_after", route, times=LOST)
        await own.house.sandbox.fault("stripe", "slow_after", route, times=None, share=0.5, seconds=SLOW_S)
    yield
    async with asyncio.timeout(SETTLES_WITHIN_S):
        while not await asyncio.to_thread(own.is_ready):  # noqa: ASYNC110 - asked over HTTP
            await asyncio.sleep(0.5)
    await own.house.sandbox.clear_faults()


async def all_agree(own: OwnHouse, people: list[Patient]) -> None:
    """Within bounded time of the last kill; what disagrees then is said."""
    ends = asyncio.get_running_loop().time() + SETTLES_WITHIN_S + HOLD_MINUTES * 60
    faults = ["nothing was compared yet"]
    while faults and asyncio.get_running_loop().time() < ends:
        await asyncio.sleep(1)
        faults = await compare(own, people)
    assert faults == [], said(own.log)


async def compare(own: OwnHouse, people: list[Patient]) -> list[str]:
    if not await asyncio.to_thread(own.is_ready):
        return ["a part is down"]
    try:
        books = await Books.of(own.house)
        return [fault for person in people for fault in await books.faults(person)]
    except NOT_UP_YET as error:
        return [repr(error)]
