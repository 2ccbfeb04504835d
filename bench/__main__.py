"""Measures, prints and writes `bench/results.md`: both sides in one run, in turn (A B B A), with medians and spread."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench.booking_race import CLIENTS, Race, crowd, floor, ours
from bench.engine_cost import Cost, engine_cost
from bench.growth import growth
from bench.simulation.clinic import Clinic, clinic
from bench.simulation.quarter import coordinator
from domain.actors import Patient

ROUNDS = 6
RESULTS = Path(__file__).parent / "results.md"


async def main() -> None:
    load = os.getloadavg()[0]
    async with clinic() as house:
        patients = await crowd(house)
        cost = await engine_cost(house, patients[0], await coordinator(house, patients[0]))
        print("\n".join(cost_lines(cost)), flush=True)
        bare, held = await races(house, patients)
        print("\n".join(race_lines(bare, held)), flush=True)
        points, exponent = await growth(house, patients)
    lines = [
        f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC on {os.cpu_count()} cores, load {load:.1f} at the start.",
        "",
        *race_lines(bare, held),
        *(f"- one booking among {size:,}: {seconds * 1000:.1f} ms" for size, seconds in points),
        f"- exponent {exponent:.3f} (target at most 0.10)",
        "",
        *cost_lines(cost),
    ]
    text = "# Results of `make bench`\n\n" + "\n".join(lines) + "\n"
    await asyncio.to_thread(RESULTS.write_text, text)
    print(f"Written to {RESULTS}.")


async def races(house: Clinic, patients: list[Patient]) -> tuple[list[Race], list[Race]]:
    bare, held = [], []
    for number in range(ROUNDS):
        if number % 2 == 0:
            bare.append(await floor(house))
            held.append(await ours(house, patients, number))
        else:
            held.append(await ours(house, patients, number))
            bare.append(await floor(house))
    return bare, held


def race_lines(bare: list[Race], held: list[Race]) -> list[str]:
    ratios = sorted(ours.per_second / raw.per_second for raw, ours in zip(bare, held, strict=True))
    answers = sum((race.answers for race in held), start=type(held[0].answers)())
    return [
        f"## B2: booking under a {CLIENTS:,}-way race",
        "",
        f"- bare inserts into the constraint: {median(race.per_second for race in bare):,.0f}/s",
        f"- bookings through the use case: {median(race.per_second for race in held):,.0f}/s",
        f"- ratio {median(ratios):.2f}, {ratios[0]:.2f} to {ratios[-1]:.2f} in {ROUNDS} rounds (target at least 0.35)",
        f"- answers of all rounds: {dict(answers)} (target one winner a round, no server error)",
    ]


def cost_lines(cost: Cost) -> list[str]:
    kinds = ", ".join(f"{count} {kind}" for kind, count in cost.kinds.most_common())
    return [
        "## B4: what one journey costs the engine",
        "",
        "Intake, consent, triage, booking, payment, confirmation, two reminders, session, note, survey, follow-up; "
        "both workflows together.",
        "",
        f"- {cost.actions} billable actions (target at most 17; naive design 57)",
        f"- {cost.events} events (target at most 54; naive design 229)",
        f"- {cost.bytes / 1000:.1f} kB of history (target at most 7; naive design 23)",
        f"- {kinds}",
    ]


if __name__ == "__main__":
    asyncio.run(main())
