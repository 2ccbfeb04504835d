"""Ninety days of eighty patients: prints the funnel and the checks."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from bench.simulation.checks import at_the_vendor, broken
from bench.simulation.clinic import Clinic, clinic, tidy_seldom
from bench.simulation.life import Life
from domain.actors import House, Operator, Patient
from models import Membership
from models import Patient as PatientRow
from usecases.fhir_import.importing import import_fhir

AT_ONCE = 8


async def simulate(data: Path, patients: int, seed: int, say: Callable[[str], None]) -> bool:
    """Whether every check holds. `data` is the folder with the FHIR patients."""
    began = time.monotonic()
    tidy_seldom()
    async with clinic(worker_apart=True) as house:
        found = await people(house, data, patients)
        operator = await coordinator(house, found[0])
        say(f"{len(found)} patients, seed {seed}; the engines stand after {time.monotonic() - began:.0f} s")
        funnel: Counter[str] = Counter()
        turn = asyncio.Semaphore(AT_ONCE)

        async def live(number: int, patient: Patient) -> None:
            async with turn:
                await Life(house, patient, operator, f"{seed}/{number}", funnel).live()

        await asyncio.gather(*(live(number, patient) for number, patient in enumerate(found)))
        await asyncio.sleep(1)
        for what, count in sorted(funnel.items(), key=lambda pair: -pair[1]):
            say(f"  {what:<28}{count:>6}")
        wrong = [sentence async for sentence in broken(house)]
        money = ", ".join(f"{amount / 100:.2f} {code}" for code, amount in (await at_the_vendor(house)).items())
        say(f"The card vendor holds {money or 'nothing'}, and so says the ledger." if not wrong else "")
        for sentence in wrong:
            say(f"WRONG: {sentence}")
        say(f"{'All checks hold' if not wrong else 'Checks failed'} after {time.monotonic() - began:.0f} s.")
    return not wrong


async def people(house: Clinic, data: Path, most: int) -> list[Patient]:
    """The synthetic patients of `data`, in Massachusetts, where the brand's specialists may treat."""
    database = house.context.database
    await import_fhir(
        database,
        house.context.passwords,
        [data / "patients_fhir_r4.json"],
        "northlight",
        "aurora",
        datetime.now(UTC).date(),
    )
    async with database.transaction(House()) as session:
        query = select(PatientRow).where(col(PatientRow.source) != "pack").order_by(col(PatientRow.id)).limit(most)
        rows = list(await session.scalars(query))
        for row in rows:
            row.jurisdiction = "US-MA"
    return [Patient(row.organization_id, row.brand_id, row.person_id, row.id) for row in rows]


async def coordinator(house: Clinic, patient: Patient) -> Operator:
    async with house.context.database.transaction(House()) as session:
        owners = select(Membership).where(
            col(Membership.organization_id) == patient.organization_id, col(Membership.role) == "owner"
        )
        row = (await session.scalars(owners)).first()
    assert row
    return Operator(patient.organization_id, row.person_id, frozenset({"owner"}))
