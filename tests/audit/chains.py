"""Chains made up in memory, and a hundred ways to tamper with them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from domain.audit import SEAL_EVERY, Entry, Fault, Link, Signed, Verifier, link, origin
from usecases.audit.signing import AuditKeys

KEYS = AuditKeys(b"a secret key of at least 32 bytes..")
THIEF = AuditKeys(b"another secret key, of an attacker..")
BEGAN = datetime(2027, 3, 1, 9, tzinfo=UTC)
ACTS = ("note:read", "note:write", "patient:read", "sign-in", "appointment:book")


@dataclass
class Chain:
    organization_id: UUID
    links: list[Link]
    head: Signed | None
    seals: list[Signed]
    log: list[Signed] = field(default_factory=list)

    def faults(self, *, anchored: bool = True) -> list[Fault]:
        kept = self.log if anchored else []
        verifier = Verifier(self.organization_id, self.head, self.seals, KEYS, kept)
        found = [fault for one in self.links for fault in verifier.take(one)]
        return found + list(verifier.end())

    def copy(self) -> "Chain":
        return replace(self, links=list(self.links), seals=list(self.seals))


def entry(organization_id: UUID, sequence: int, dice: random.Random) -> Entry:
    return Entry(
        organization_id=organization_id,
        sequence=sequence,
        at=BEGAN + timedelta(seconds=sequence),
        actor=dice.choice(("operator", "specialist", "patient")),
        person_id=uuid4(),
        roles=tuple(dice.sample(("owner", "support", "finance"), dice.randint(0, 2))),
        act=dice.choice(ACTS),
        patient_id=dice.choice((None, uuid4())),
        resource="appointment",
        resource_id=uuid4(),
        door="organization/pages",
        session_id=uuid4(),
        reason=dice.choice(("", "Nobody else could be reached.")),
    )


def chained(organization_id: UUID, entries: Sequence[Entry]) -> list[Link]:
    links, previous = [], origin(organization_id)
    for each in entries:
        links.append(Link(each, previous, link(previous, each)))
        previous = links[-1].hash
    return links


def signed(kind: Any, keys: AuditKeys, last: Link, number: int) -> Signed:
    entry = last.entry
    plain = Signed(
        organization_id=entry.organization_id, number=number, sequence=entry.sequence, hash=last.hash, at=entry.at
    )
    return keys.sign(plain, kind)


def grown(length: int, dice: random.Random) -> Chain:
    """As the writer makes it: a seal at the first entry, and at least one every `SEAL_EVERY`."""
    organization_id = uuid4()
    links = chained(organization_id, [entry(organization_id, number, dice) for number in range(1, length + 1)])
    places = range(0, length, SEAL_EVERY)
    seals = [signed("seal", KEYS, links[place], number) for number, place in enumerate(places, 1)]
    return Chain(organization_id, links, signed("head", KEYS, links[-1], len(seals)), seals, list(seals))


def edit(chain: Chain, dice: random.Random) -> None:
    place = dice.randrange(len(chain.links))
    one = chain.links[place]
    changed: dict[str, Any] = {
        "at": one.entry.at + timedelta(microseconds=1),
        "actor": "house",
        "person_id": uuid4(),
        "roles": (*one.entry.roles, "auditor"),
        "act": one.entry.act + "x",
        "outcome": "failed",
        "patient_id": None if one.entry.patient_id else uuid4(),
        "resource": "journey",
        "resource_id": None,
        "door": "cli",
        "session_id": None,
        "reason": one.entry.reason + " ",
        "organization_id": uuid4(),
    }
    name = dice.choice([*changed, "previous", "hash"])
    if name in changed:
        chain.links[place] = replace(one, entry=one.entry.model_copy(update={name: changed[name]}))
    else:
        chain.links[place] = Link(
            one.entry, *(("0" * 64, one.hash) if name == "previous" else (one.previous, "0" * 64))
        )


def edit_and_rehash(chain: Chain, dice: random.Random) -> None:
    """Whoever can edit can compute hashes too, of all that follows."""
    place = dice.randrange(len(chain.links))
    entries = [one.entry for one in chain.links]
    entries[place] = entries[place].model_copy(update={"act": "nothing:happened"})
    chain.links = chained(chain.organization_id, entries)


def delete(chain: Chain, dice: random.Random) -> None:
    first = dice.randrange(len(chain.links))
    del chain.links[first : first + dice.choice((1, 1, 5, 40))]


def delete_and_close(chain: Chain, dice: random.Random) -> None:
    """And number what follows anew, so that no gap is left."""
    place = dice.randrange(len(chain.links) - 1)
    entries = [one.entry for one in chain.links[:place] + chain.links[place + 1 :]]
    renumbered = [one.model_copy(update={"sequence": number}) for number, one in enumerate(entries, 1)]
    chain.links = chained(chain.organization_id, renumbered)


def insert(chain: Chain, dice: random.Random) -> None:
    """A made-up entry with a right-looking hash, at the end or in a place made free."""
    place = dice.randrange(1, len(chain.links) + 1)
    before = chain.links[place - 1]
    made_up = entry(chain.organization_id, before.entry.sequence + 1, dice)
    moved = [
        replace(one, entry=one.entry.model_copy(update={"sequence": one.entry.sequence + 1}))
        for one in chain.links[place:]
    ]
    chain.links[place:] = [Link(made_up, before.hash, link(before.hash, made_up)), *moved]


def swap(chain: Chain, dice: random.Random) -> None:
    one, other = dice.sample(range(len(chain.links)), 2)
    first, second = chain.links[one], chain.links[other]
    chain.links[one] = _at(second, first.entry.sequence)
    chain.links[other] = _at(first, second.entry.sequence)


def truncate(chain: Chain, dice: random.Random) -> None:
    """The tail, with every seal of it; the head stays, is forged, is a seal's, or is gone."""
    length = dice.randrange(1, len(chain.links))
    chain.links = chain.links[:length]
    chain.seals = [one for one in chain.seals if one.sequence <= length]
    last = chain.links[-1]
    forged = signed("head", THIEF, last, len(chain.seals))
    pretended = forged.model_copy(update={"key_id": chain.seals[0].key_id})
    chain.head = dice.choice((chain.head, None, forged, pretended, chain.seals[-1]))


def roll_back(chain: Chain, dice: random.Random) -> None:
    """To a moment whose true head somebody has kept: only the log's seals tell."""
    length = dice.randrange(1, chain.log[-1].sequence)
    chain.links = chain.links[:length]
    chain.seals = [one for one in chain.seals if one.sequence <= length]
    chain.head = signed("head", KEYS, chain.links[-1], len(chain.seals))


def vanish(chain: Chain, dice: random.Random) -> None:
    chain.links, chain.seals, chain.head = [], [], None


def lose_a_seal(chain: Chain, dice: random.Random) -> None:
    del chain.seals[dice.randrange(len(chain.seals))]


def forge_a_seal(chain: Chain, dice: random.Random) -> None:
    place = dice.randrange(len(chain.seals))
    true = chain.seals[place]
    names = ("hash", "signature", "key_id", "number", "sequence", "at")
    wrong: dict[str, Any] = dict(zip(names, ("0" * 64, "x", "x", 77, 5000, BEGAN), strict=True))
    name = dice.choice(names)
    chain.seals[place] = true.model_copy(update={name: wrong[name]})


def _at(one: Link, sequence: int) -> Link:
    return replace(one, entry=one.entry.model_copy(update={"sequence": sequence}))


TAMPERS = (
    *(edit, edit, edit, edit_and_rehash, delete, delete_and_close, insert, swap),
    *(truncate, truncate, roll_back, vanish, lose_a_seal, forge_a_seal),
)
