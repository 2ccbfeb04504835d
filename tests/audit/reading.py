"""What the audit of the running house holds."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from composition import audit_keys_of
from domain.actors import Scribe
from domain.audit import Entry, Fault
from models.audit_chain import link_of
from tests.fixtures.house import RunningHouse
from usecases.audit.verifying import verify
from usecases.audit.writing import AuditWriter
from usecases.context import Context


async def entries(house: RunningHouse, **wanted: Any) -> list[Entry]:
    """Those whose fields are these, the oldest first."""
    conditions = " and ".join(f"{name} = ${place}" for place, name in enumerate(wanted, 1)) or "true"
    query = f"select * from audit_entry where {conditions} order by at, sequence"
    async with house.database.bare(Scribe()) as connection:
        return [link_of(row).entry for row in await connection.fetch(query, *wanted.values())]


async def acts(house: RunningHouse, person_id: UUID) -> list[tuple[str, str]]:
    return [(entry.act, entry.outcome) for entry in await entries(house, person_id=person_id)]


async def faults(house: RunningHouse) -> list[Fault]:
    checked = await verify(house.database, audit_keys_of(house.settings))
    return [fault for one in checked for fault in one.faults]


class FullDisk(AuditWriter):
    """Cannot write."""

    def __init__(self) -> None: ...

    async def append(self, entry: Entry) -> None:
        raise OSError(28, "No space left on device")


def unable_to_write(house: RunningHouse) -> Context:
    return replace(house.context, audit=FullDisk())
