"""kill -9, at random moments, of whatever is there."""

import asyncio
import contextlib
import random

import psutil

from tests.crash.running import PARTS, OwnHouse

PATIENCE_S = 60
PAUSE_S = (0.4, 2.6)


async def kill_at_random(own: OwnHouse, chance: random.Random) -> list[str]:
    """Every part once and one of them twice, in any order; answers whom it has hit."""
    order = [*PARTS, chance.choice(list(PARTS))]
    chance.shuffle(order)
    for name in order:
        await asyncio.sleep(chance.uniform(*PAUSE_S))
        await _kill(own, name)
    return order


async def _kill(own: OwnHouse, name: str) -> None:
    """A part that is down at the moment is hit as soon as it is back."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            victim = own.part(name)
            if victim is not None:
                with contextlib.suppress(psutil.NoSuchProcess):
                    victim.kill()
                    return
            await asyncio.sleep(PAUSE_S[0])
