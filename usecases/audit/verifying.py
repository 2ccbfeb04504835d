"""Checking chains: every entry, head and seal, and the seals that the log has kept."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from domain.actors import House, Scribe
from domain.audit import HOUSE_CHAIN, Entry, Fault, Signed, Verifier
from domain.refusals import DocumentInvalid
from models import Organization
from models.audit_chain import chains, stored_links, stored_signed
from models.session import Database
from usecases.audit.signing import AuditKeys

HOUSE_KEY = "house"


@dataclass(frozen=True)
class Checked:
    """`name` is the organization's key."""

    name: str
    organization_id: UUID
    entries: int
    seals: int
    faults: tuple[Fault, ...]

    def lines(self) -> list[str]:
        head = f"{self.name}: {self.entries:,} entries, {self.seals:,} seals, "
        if not self.faults:
            return [head + "whole"]
        return [head + f"{len(self.faults):,} faults", *(f"  {fault}" for fault in self.faults)]


async def verify(
    database: Database, keys: AuditKeys, only: str | None = None, log: Iterable[str] = ()
) -> list[Checked]:
    """Every chain, or the one of the organization whose key is `only`; `log`: lines with the seals it has kept.

    Raises `DocumentInvalid` when nobody has that key: what is not there is not whole.
    """
    kept = anchors(log)
    async with database.transaction(House()) as session:
        named = {row.id: row.key for row in await session.scalars(select(Organization).order_by(col(Organization.key)))}
    named[HOUSE_CHAIN] = HOUSE_KEY
    asked = {id for id, key in named.items() if key == only}
    if only is not None and not asked:
        known = ", ".join(sorted(named.values()))
        raise DocumentInvalid([f"There is no organization '{only}'. Name one of: {known}."])
    async with database.bare(Scribe()) as connection:
        begun = await chains(connection) | {anchor.organization_id for anchor in kept}
    wanted = sorted(asked if only is not None else begun)
    return [
        await verify_one(database, keys, id, named.get(id, str(id)), [one for one in kept if one.organization_id == id])
        for id in wanted
    ]


async def verify_one(
    database: Database, keys: AuditKeys, organization_id: UUID, name: str, kept: Sequence[Signed] = ()
) -> Checked:
    """As of one moment, while others may go on writing."""
    async with database.bare(Scribe(), "repeatable_read") as connection:
        head = next(iter(await stored_signed(connection, "audit_head", organization_id)), None)
        seals = await stored_signed(connection, "audit_seal", organization_id)
        verifier = Verifier(organization_id, head, seals, keys, kept)
        found: list[Fault] = []
        async for link in stored_links(connection, organization_id):
            found += verifier.take(link)
    found += verifier.end()
    return Checked(name, organization_id, verifier.count, len(seals), tuple(found))


def verification(checked: Checked, at: datetime) -> Entry:
    return Entry(
        organization_id=checked.organization_id, sequence=0, at=at, actor=House.kind, act="audit:verify", door="cli"
    )


def anchors(log: Iterable[str]) -> list[Signed]:
    """The seals among lines of our structured log; whatever else stands there is passed over."""
    found = []
    for line in log:
        if '"audit sealed"' not in line:
            continue
        try:
            said = json.loads(line[line.index("{") :])
            plain = {name: said[name] for name in ("number", "sequence", "hash", "at", "signature")}
            found.append(Signed(organization_id=said["organization"], key_id=said["key"], **plain))
        except (ValueError, KeyError):
            continue
    return found
