"""kill -9, at random moments, of whatever is there."""

import asyncio
import random

import psutil

from tests.crash.running import PARTS, OwnHouse

KILLS = 6
PAUSE_S = (0.4, 2.6)


async def kill_at_random(own: OwnHouse, chance: random.Random) -> list[str]:
    """Every part once and one of them twice, in any order; answers whom it has hit."""
    order = [*PARTS, chance.choice(list(PARTS))]
    chance.shuffle(order)
    hit = []
    for name in order[:KILLS]:
        await asyncio.sleep(chance.uniform(*PAUSE_S))
        victim = own.part(name)
        if victim is not None and _kill(victim):
            hit.append(name)
    return hit


def _kill(victim: psutil.Process) -> bool:
    try:
        victim.kill()
    except psutil.NoSuchProcess:
        return False
    return True
