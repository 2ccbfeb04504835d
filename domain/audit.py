"""The audit: one chain of entries for each organization. Whatever is changed in it later, `Verifier` finds.

Each entry's hash covers the hash before it. A signed head tells where a chain ends; signed seals are kept along the way
and written to the log as well, so that what is cut off together with its head and seals is missed there.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict

HOUSE_CHAIN = UUID(int=0)
"""The chain of what belongs to no organization."""

SEAL_EVERY = 100
_AS_JSON = json.JSONEncoder(separators=(",", ":")).encode
SEAL_AFTER = timedelta(minutes=5)


class Entry(BaseModel):
    """Who did what to whose record, why, through which door, and what came of it. Ids and codes only, but `reason`.

    `outcome` is done, failed or refused:<the refusal's name>; `act` a permission's name or an event (`sign-in:failed`).
    """

    model_config = ConfigDict(frozen=True)

    organization_id: UUID
    sequence: int
    at: datetime
    actor: str
    person_id: UUID | None = None
    roles: tuple[str, ...] = ()
    act: str
    outcome: str = "done"
    patient_id: UUID | None = None
    resource: str = ""
    resource_id: UUID | None = None
    door: str = ""
    session_id: UUID | None = None
    reason: str = ""


class Signed(BaseModel):
    """A signed statement that a chain has `hash` at `sequence`; `number` counts the chain's seals up to there."""

    model_config = ConfigDict(frozen=True)

    organization_id: UUID
    number: int
    sequence: int
    hash: str
    at: datetime
    key_id: str = ""
    signature: str = ""

    def said(self, kind: Literal["head", "seal"]) -> bytes:
        """What is signed: a seal is worth nothing as a head."""
        moment = _moment(self.at)
        parts = (kind, self.organization_id, self.number, self.sequence, self.hash, moment, self.key_id)
        return "|".join(map(str, parts)).encode()


class Trusted(Protocol):
    """Whoever knows the keys whose signatures count."""

    def believes(self, signed: Signed, kind: Literal["head", "seal"]) -> bool: ...


@dataclass(frozen=True)
class Link:
    """An entry as it is stored, between its two hashes."""

    entry: Entry
    previous: str
    hash: str


Kind = Literal["edited", "displaced", "missing", "truncated", "beyond-head", "head", "seal", "seal-missing", "anchor"]


@dataclass(frozen=True)
class Fault:
    """`sequence` is where: edited (does not fit its own hash), displaced (does not follow from the one before: inserted
    or swapped), missing, truncated, beyond-head (after the signed end); head, seal, anchor (forged or contradicted)."""

    kind: Kind
    sequence: int

    def __str__(self) -> str:
        return f"{self.kind} at {self.sequence}"


def canonical(entry: Entry) -> bytes:
    """The same bytes for the same entry, wherever it comes from: a JSON array of its fields in their order."""
    return _AS_JSON(
        (
            str(entry.organization_id),
            entry.sequence,
            _moment(entry.at),
            entry.actor,
            _id(entry.person_id),
            entry.roles,
            entry.act,
            entry.outcome,
            _id(entry.patient_id),
            entry.resource,
            _id(entry.resource_id),
            entry.door,
            _id(entry.session_id),
            entry.reason,
        )
    ).encode()


def origin(organization_id: UUID) -> str:
    """The hash before a chain's first entry."""
    return sha256(f"fourdoors audit {organization_id}".encode()).hexdigest()


def link(previous: str, entry: Entry) -> str:
    return sha256(previous.encode() + canonical(entry)).hexdigest()


def seal_is_due(sequence: int, now: datetime, sealed: int, sealed_at: datetime | None) -> bool:
    """Whether the chain has grown or aged enough since its last seal, `sealed` entries long then."""
    return sequence - sealed >= SEAL_EVERY or sealed_at is None or now - sealed_at >= SEAL_AFTER


class Verifier:
    """Takes a chain's links in their order and says what does not hold; nothing for a chain that is whole."""

    def __init__(
        self,
        organization_id: UUID,
        head: Signed | None,
        seals: Sequence[Signed],
        trusted: Trusted,
        anchors: Sequence[Signed] = (),
    ) -> None:
        """`seals` in their order; `anchors` are seals that somebody else has kept."""
        self._organization_id, self._head, self._seals = organization_id, head, seals
        self._trusted, self._anchors = trusted, anchors
        self._claims = _claims(head, seals, anchors)
        self._previous, self._sequence = origin(organization_id), 0
        self.count = 0

    def take(self, stored: Link) -> Iterator[Fault]:
        entry = stored.entry
        if entry.sequence > self._sequence + 1:
            yield Fault("missing", self._sequence + 1)
        if stored.previous != self._previous:
            yield Fault("displaced", entry.sequence)
        if link(stored.previous, entry) != stored.hash or entry.organization_id != self._organization_id:
            yield Fault("edited", entry.sequence)
        for kind, said in self._claims.pop(entry.sequence, ()):
            if said != stored.hash:
                yield Fault(kind, entry.sequence)
        self._previous, self._sequence, self.count = stored.hash, entry.sequence, self.count + 1

    def end(self) -> Iterator[Fault]:
        if self.count or self._head or self._seals:
            yield from _signatures(self._organization_id, self._sequence, self._head, self._seals, self._trusted)
        for at, said in sorted(self._claims.items()):
            yield from (Fault("truncated" if at > self._sequence else kind, at) for kind, _ in said)
        yield from (Fault("anchor", one.sequence) for one in self._anchors if not self._trusted.believes(one, "seal"))


def _claims(
    head: Signed | None, seals: Sequence[Signed], anchors: Sequence[Signed]
) -> dict[int, list[tuple[Kind, str]]]:
    """What was signed about each sequence."""
    claims: dict[int, list[tuple[Kind, str]]] = {}
    named: list[tuple[Kind, Sequence[Signed]]] = [("head", [head] if head else []), ("seal", seals)]
    named.append(("anchor", anchors))
    for kind, statements in named:
        for one in statements:
            claims.setdefault(one.sequence, []).append((kind, one.hash))
    return claims


def _signatures(
    organization_id: UUID, last: int, head: Signed | None, seals: Sequence[Signed], trusted: Trusted
) -> Iterator[Fault]:
    if head is None or head.organization_id != organization_id or not trusted.believes(head, "head"):
        yield Fault("head", head.sequence if head else last)
    elif last > head.sequence:
        yield Fault("beyond-head", head.sequence + 1)
    for number, seal in enumerate(seals, 1):
        if seal.organization_id != organization_id or not trusted.believes(seal, "seal"):
            yield Fault("seal", seal.sequence)
        if seal.number != number:
            yield Fault("seal-missing", seal.sequence)
            break
    if head and head.number != len(seals):
        yield Fault("seal-missing", head.sequence)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _id(value: UUID | None) -> str | None:
    return str(value) if value else None
