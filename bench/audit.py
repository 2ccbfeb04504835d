"""B10: appending to the audit against plain inserts of the same rows, in turn (A B B A); checking what is there."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from statistics import median
from uuid import UUID, uuid4

from bench.simulation.clinic import Clinic
from domain.actors import Patient, Scribe
from domain.audit import Entry
from gateways import logs
from models.audit_chain import ENTRY, entry_columns, insert
from models.policies import ROLES
from usecases.audit.signing import AuditKeys
from usecases.audit.verifying import verify_one
from usecases.audit.writing import MOST_AT_ONCE, AuditWriter

HEADING = "B10: the audit"
ROUNDS = 10
CALLERS = 100
EACH = 60
SCRIBE = ROLES["scribe"]
FLOOR = f"""
create table if not exists audit_floor as select {", ".join(ENTRY)} from audit_entry with no data;
alter table audit_floor add primary key (organization_id, sequence);
create index on audit_floor (organization_id, at);
create index on audit_floor (organization_id, patient_id);
create index on audit_floor (organization_id, person_id);
alter table audit_floor enable row level security;
create policy may_insert on audit_floor for insert to {SCRIBE}
  with check ((select security.claim(1, 'scribe')) is not null);
grant insert on audit_floor to {SCRIBE}
"""
ADD_PLAIN = insert("audit_floor", ENTRY)
Append = Callable[[Entry], Awaitable[None]]


class PlainWriter(AuditWriter):
    """The same rows in the same batches for the same callers, without a chain."""

    sequence = 0

    async def _write(self, entries: Sequence[Entry]) -> None:
        numbered = [one.model_copy(update={"sequence": self.sequence + place}) for place, one in enumerate(entries, 1)]
        async with self._database.bare(Scribe()) as connection:
            await connection.execute(ADD_PLAIN, *entry_columns(numbered))
        self.sequence += len(entries)


async def measure(house: Clinic, patients: list[Patient]) -> list[str]:
    await run(house, FLOOR)
    logs.configure("warning")
    keys = AuditKeys(house.context.secret_key)
    chained: list[float] = []
    plain: list[float] = []
    organization = uuid4()
    for number in range(ROUNDS):
        ours = AuditWriter(house.context.database, keys, house.context.now)
        bare = PlainWriter(house.context.database, keys, house.context.now)
        both = [(chained, ours, organization), (plain, bare, uuid4())]
        for rates, writer, chain in both if number % 2 == 0 else reversed(both):
            rates.append(await appended(house, writer.append, chain, patients))
    return [*append_lines(plain, chained), *await verify_lines(house, keys, organization)]


async def run(house: Clinic, script: str) -> None:
    for statement in script.split(";"):
        await house.sql(statement)


async def appended(house: Clinic, append: Append, organization: UUID, patients: list[Patient]) -> float:
    """Entries a second: every caller waits for one entry before the next."""

    async def calling(patient: Patient) -> None:
        for _ in range(EACH):
            await append(entry(house, organization, patient))

    began = time.perf_counter()
    await asyncio.gather(*(calling(patient) for patient in patients[:CALLERS]))
    return CALLERS * EACH / (time.perf_counter() - began)


def entry(house: Clinic, organization: UUID, patient: Patient) -> Entry:
    """A reading whose patient is known, so that both sides do the same."""
    return Entry(
        organization_id=organization,
        sequence=0,
        at=house.context.now(),
        actor="operator",
        person_id=patient.person_id,
        roles=("clinical-lead", "owner"),
        act="patient:read",
        patient_id=patient.patient_id,
        resource="patient",
        resource_id=patient.patient_id,
        door="organization/pages",
        session_id=patient.person_id,
    )


def append_lines(plain: list[float], chained: list[float]) -> list[str]:
    ratios = sorted(ours / bare for bare, ours in zip(plain, chained, strict=True))
    return [
        f"{CALLERS} callers at once, batches of at most {MOST_AT_ONCE}; each waits for its own commit.",
        "",
        f"- plain inserts of the same rows: {median(plain):,.0f}/s",
        f"- appends with hash chain, signed heads and seals: {median(chained):,.0f}/s",
        f"- ratio {median(ratios):.2f}, {ratios[0]:.2f} to {ratios[-1]:.2f} in {ROUNDS} rounds (target at least 0.5)",
    ]


async def verify_lines(house: Clinic, keys: AuditKeys, organization: UUID) -> list[str]:
    began = time.perf_counter()
    checked = await verify_one(house.context.database, keys, organization, "measured")
    took = time.perf_counter() - began
    assert not checked.faults, checked.faults[:3]
    return [
        f"- checked {checked.entries:,} entries and {checked.seals:,} seals: {checked.entries / took:,.0f} entries/s"
    ]
