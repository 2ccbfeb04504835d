"""B2: booking, both sides in one run, in turn (A B B A), with medians and spread; and how it grows."""

from statistics import median

from bench.booking_race import CLIENTS, Race, floor, ours
from bench.growth import growth
from bench.simulation.clinic import Clinic
from domain.actors import Patient

HEADING = f"B2: booking under a {CLIENTS:,}-way race"
ROUNDS = 6


async def measure(house: Clinic, patients: list[Patient]) -> list[str]:
    bare, held = await races(house, patients)
    points, exponent = await growth(house, patients)
    return [
        *race_lines(bare, held),
        *(f"- one booking among {size:,}: {seconds * 1000:.1f} ms" for size, seconds in points),
        f"- exponent {exponent:.3f} (target at most 0.10)",
    ]


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
        f"- bare inserts into the constraint: {median(race.per_second for race in bare):,.0f}/s",
        f"- bookings through the use case: {median(race.per_second for race in held):,.0f}/s",
        f"- ratio {median(ratios):.2f}, {ratios[0]:.2f} to {ratios[-1]:.2f} in {ROUNDS} rounds (target at least 0.35)",
        f"- answers of all rounds: {dict(answers)} (target one winner a round, no server error)",
    ]
