"""Measures, prints and keeps what it measured: everything, or what is named (`python -m bench engine-cost`)."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable

from bench import audit, booking, engine_cost, live, meeting, pages, portal_read
from bench.booking_race import crowd
from bench.lighthouse import scores
from bench.results import RESULTS, keep, measured
from bench.simulation.clinic import Clinic, clinic
from domain.actors import Patient

Measure = Callable[[Clinic, list[Patient]], Awaitable[list[str]]]
MEASURES: dict[str, tuple[str, Measure]] = {
    "portal-read": (portal_read.HEADING, portal_read.measure),
    "pages": (pages.HEADING, pages.measure),
    "live": (live.HEADING, live.measure),
    "meeting": (meeting.HEADING, meeting.measure),
    "lighthouse": (scores.HEADING, scores.measure),
    "engine-cost": (engine_cost.HEADING, engine_cost.measure),
    "audit": (audit.HEADING, audit.measure),
    "booking": (booking.HEADING, booking.measure),
}


async def main(names: list[str]) -> None:
    if lacks := "lighthouse" in names and scores.lacks():
        sys.exit(lacks)
    wanted = names or [name for name in MEASURES if not (name == "lighthouse" and scores.lacks())]
    load = os.getloadavg()[0]
    sections = {}
    async with clinic() as house:
        patients = await crowd(house)
        for name, (heading, measure) in MEASURES.items():
            if name not in wanted:
                continue
            sections[heading] = [measured(load), "", *await measure(house, patients)]
            print("\n".join((f"## {heading}", "", *sections[heading], "")), flush=True)
    await asyncio.to_thread(keep, sections)
    print(f"Written to {RESULTS}.")


if __name__ == "__main__":
    if unknown := set(sys.argv[1:]) - MEASURES.keys():
        sys.exit(f"There is no measure {', '.join(sorted(unknown))}. Name some of: {', '.join(MEASURES)}.")
    asyncio.run(main(sys.argv[1:]))
