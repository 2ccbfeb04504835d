"""Writing the audit: what arrives while a batch is being written is the next batch, one transaction for all of it.

Whoever appends waits until the entry is committed. The writer extends no chain whose end it does not believe.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import structlog

from domain.actors import Scribe
from domain.audit import HOUSE_CHAIN, Entry, Link, Signed, link, origin, seal_is_due
from models.audit_chain import Thing, begin, grow, locked_heads, owners
from models.outage import DatabaseAway, first_cause
from models.session import Database
from usecases.audit.signing import AuditKeys

MOST_AT_ONCE = 100
log = structlog.get_logger(__name__)


class ChainBroken(Exception):
    """The end of an organization's chain was not signed by us: see `python cli.py audit verify`."""


class AuditWriter:
    def __init__(self, database: Database, keys: AuditKeys, now: Callable[[], datetime]) -> None:
        self._database, self._keys, self._now = database, keys, now
        self._waiting: list[tuple[Entry, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._own: dict[UUID, str] = {}

    async def append(self, entry: Entry) -> None:
        """Returns when the entry is committed; its organization, sequence and patient are found here."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        await done

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            await self._settle(batch)

    async def _settle(self, batch: Sequence[tuple[Entry, asyncio.Future[None]]]) -> None:
        """All of a batch at once; each alone when that fails, so that one broken chain stops no other."""
        waiting = [done for _, done in batch if not done.done()]
        try:
            await self._written([entry for entry, _ in batch])
        except Exception as failure:
            if len(batch) == 1 or isinstance(failure, DatabaseAway):
                for done in waiting:
                    done.set_exception(failure)
                return
            for each in batch:
                await self._settle([each])
            return
        for _, done in batch:
            if not done.done():
                done.set_result(None)

    async def _written(self, entries: Sequence[Entry]) -> None:
        """Once more when the connection is lost: rather two lines than none."""
        try:
            await self._write(entries)
        except DatabaseAway as away:
            if isinstance(first_cause(away), TimeoutError):  # everybody has waited long enough
                raise
            await self._write(entries)

    async def _write(self, entries: Sequence[Entry]) -> None:
        async with self._database.bare(Scribe()) as connection:
            placed = await _placed(connection, entries)
            heads = await self._heads(connection, {entry.organization_id for entry in placed})
            links, moved, seals = self._chained(placed, heads)
            await grow(connection, links, moved, seals)
        self._own |= {head.organization_id: head.signature for head in moved}
        for seal in seals:
            log.info("audit sealed", **seal_line(seal))

    async def _heads(
        self, connection: asyncpg.Connection, organizations: set[UUID]
    ) -> dict[UUID, tuple[Signed, int, datetime | None]]:
        heads = await locked_heads(connection, organizations)
        if new := organizations - heads.keys():
            await begin(connection, [self._first(organization) for organization in sorted(new)])
            heads = await locked_heads(connection, organizations)
        for organization, (head, _, _) in heads.items():
            if self._own.get(organization) != head.signature and not self._keys.believes(head, "head"):
                log.error("audit broken", organization=organization, sequence=head.sequence)
                raise ChainBroken(str(organization))
        return heads

    def _first(self, organization: UUID) -> Signed:
        nothing = Signed(organization_id=organization, number=0, sequence=0, hash=origin(organization), at=self._now())
        return self._keys.sign(nothing, "head")

    def _chained(
        self, entries: Sequence[Entry], heads: dict[UUID, tuple[Signed, int, datetime | None]]
    ) -> tuple[list[Link], list[Signed], list[Signed]]:
        """The links, where the chains end now, and seals that are due."""
        links, ends = [], {organization: (head.sequence, head.hash) for organization, (head, _, _) in heads.items()}
        for entry in entries:
            sequence, previous = ends[entry.organization_id]
            numbered = entry.model_copy(update={"sequence": sequence + 1})
            links.append(Link(numbered, previous, link(previous, numbered)))
            ends[entry.organization_id] = sequence + 1, links[-1].hash
        moved, seals = [], []
        for organization, (sequence, hash_) in ends.items():
            head, sealed, sealed_at = heads[organization]
            due = seal_is_due(sequence, self._now(), sealed, sealed_at)
            end = head.model_copy(
                update={"sequence": sequence, "hash": hash_, "at": self._now(), "number": head.number + due}
            )
            moved.append(self._keys.sign(end, "head"))
            seals += [self._keys.sign(end, "seal")] if due else []
        return links, moved, seals


async def _placed(connection: asyncpg.Connection, entries: Sequence[Entry]) -> list[Entry]:
    """With the patient whose record it is, and the chain it belongs to; another organization's things tell nothing."""
    things = {thing for entry in entries if (thing := _thing(entry))}
    found = await owners(connection, things) if things else {}
    return [_with(entry, found.get(thing) if (thing := _thing(entry)) else None) for entry in entries]


def _thing(entry: Entry) -> Thing | None:
    return (entry.resource, entry.resource_id) if entry.resource_id and entry.patient_id is None else None


def _with(entry: Entry, owner: tuple[UUID, UUID | None] | None) -> Entry:
    if owner is None:
        return entry
    organization, patient = owner
    if entry.organization_id == HOUSE_CHAIN:
        return entry.model_copy(update={"organization_id": organization, "patient_id": patient})
    return entry.model_copy(update={"patient_id": patient}) if entry.organization_id == organization else entry


def seal_line(seal: Signed) -> dict[str, object]:
    """As it stands in the log: codes only."""
    plain = seal.model_dump(mode="json", exclude={"organization_id", "key_id"})
    return plain | {"organization": str(seal.organization_id), "key": seal.key_id}
