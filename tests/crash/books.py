"""Three books that must agree for every patient: what was acknowledged, our database, the vendor."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import col
from temporalio.client import WorkflowExecutionStatus

from domain.actors import Engine
from models import Appointment, Journey, LedgerIntent, LedgerLine
from tests.crash.people import Patient
from tests.fixtures.house import RunningHouse
from usecases.processes import appointment_handle, journey_handle

ENDED = ("cancelled", "released")
EXPECTED = {"paid": ("confirmed",), "cancelled": ENDED}


@dataclass
class Books:
    """What the vendor holds to be true."""

    charges: list[dict[str, Any]]
    refunds: list[dict[str, Any]]

    @classmethod
    async def of(cls, house: RunningHouse) -> "Books":
        return cls(await house.sandbox.seen("charges"), await house.sandbox.seen("refunds"))

    async def faults(self, person: Patient) -> list[str]:
        """Everything that does not agree, or is stuck; empty when all is well."""
        house, patient = person.house, person.newcomer.patient
        async with house.database.transaction(Engine(patient.organization_id)) as session:
            mine = select(Appointment).where(col(Appointment.patient_id) == patient.patient_id)
            rows = list(await session.scalars(mine))
            journey = await session.get_one(Journey, person.journey_id)
        found = acknowledged(person, rows) + owned(journey)
        for row in rows:
            found += await self._money(house, row) + await _course(house, row)
        running = await journey_handle(house.temporal, journey.id).describe()
        if running.status != WorkflowExecutionStatus.RUNNING:
            found.append(f"journey {journey.id} has ended")
        return [f"{person.plan}, told {person.told}: {fault}" for fault in found]

    async def _money(self, house: RunningHouse, row: Appointment) -> list[str]:
        charges = [one for one in self.charges if one["metadata"].get("appointment") == str(row.id)]
        refunds = [one for one in self.refunds if one["payment_intent"] in {charge["id"] for charge in charges}]
        async with house.database.transaction(Engine(row.organization_id)) as session:
            intents = list(
                await session.scalars(select(LedgerIntent).where(col(LedgerIntent.appointment_id) == row.id))
            )
            lines = list(await session.scalars(select(LedgerLine).where(col(LedgerLine.appointment_id) == row.id)))
        kept = sum(one["amount"] for one in charges) - sum(one["amount"] for one in refunds)
        ours: Counter[str] = Counter()
        for line in lines:
            ours[line.account] += line.amount
        done = Counter(intent.kind for intent in intents if intent.status == "succeeded")
        undecided = [intent.key for intent in intents if intent.status not in ("succeeded", "declined", "canceled")]
        checks = {
            "charged once at most": len(charges) <= 1,
            "given back once at most": len(refunds) <= 1,
            "every intent is decided": not undecided,
            "intents = vendor": (done["charge"], done["refund"]) == (len(charges), len(refunds)),
            "lines = vendor": (ours["card-vendor"], ours["prepaid-sessions"]) == (kept, -kept),
            "money = state": kept == (row.amount if row.status == "confirmed" else 0),
        }
        return [f"{row.id} ({row.status}): {rule}" for rule, holds in checks.items() if not holds]


def acknowledged(person: Patient, rows: list[Appointment]) -> list[str]:
    """Whatever was answered with "done" is done."""
    status = {row.id: row.status for row in rows}.get(person.appointment_id or person.journey_id, "absent")
    last = next((said for said in reversed(person.told) if said in EXPECTED), None)
    if last is None:
        return [] if status in ("confirmed", *ENDED) else [f"the hold is {status}"]
    return [] if status in EXPECTED[last] else [f"{last}, but {status}"]


def owned(journey: Journey) -> list[str]:
    wanting = journey.status != "active" or not journey.waits_for or journey.until is None
    return [f"journey at {journey.step} waits for nobody"] if wanting else []


async def _course(house: RunningHouse, row: Appointment) -> list[str]:
    """A living appointment has a running process, an owner and a deadline; an ended one has none of them."""
    described = await appointment_handle(house.temporal, row.id).describe()
    if row.status in ENDED:
        ended = described.status == WorkflowExecutionStatus.COMPLETED
        return [] if ended else [f"{row.id} ({row.status}): its process is {described.status}"]
    lives = described.status == WorkflowExecutionStatus.RUNNING and row.waits_for and row.until
    return [] if lives and row.status == "confirmed" else [f"{row.id} is {row.status}, {described.status}"]
