"""Tampering with the tables themselves, by somebody who owns the database: what `audit verify` says then."""

import json
import random
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from domain.actors import Operator, Scribe
from domain.audit import Entry, Signed, link
from domain.refusals import DocumentInvalid
from models.audit_chain import link_of
from models.migrations import app_url, migrate
from models.policies import APP_ROLE
from models.session import Database
from tests.fixtures.house import RunningHouse
from usecases.audit.signing import AuditKeys
from usecases.audit.verifying import anchors, verify, verify_one
from usecases.audit.writing import AuditWriter, ChainBroken, seal_line

ROUNDS, ENTRIES = 104, 240
TABLES = ("audit_entry", "audit_seal", "audit_head")
KEYS = AuditKeys(b"a secret key of at least 32 bytes..")


@dataclass
class Vault:
    database: Database
    owner_url: str
    app_url: str
    organization_id: UUID

    async def run(self, *scripts: str) -> None:
        """As the owner, with the triggers switched off; all or nothing."""
        off, on = (
            [f"alter table {table} {word} trigger user, {word} row level security" for table in TABLES]
            for word in ("disable", "enable")
        )
        connection = await asyncpg.connect(self.owner_url)
        try:
            async with connection.transaction():
                await connection.execute(";".join((*off, *scripts, *on)))
        finally:
            await connection.close()

    async def faults(self, log: list[Signed]) -> list[str]:
        checked = await verify_one(self.database, KEYS, self.organization_id, "one", log)
        return [str(fault) for fault in checked.faults]


@pytest_asyncio.fixture(scope="module")
async def vault(postgres: str, house: RunningHouse) -> AsyncIterator[Vault]:
    """A database of its own with one chain, written by the writer; the house beside it has the same roles."""
    assert house.settings.database_app_password
    password = house.settings.database_app_password.get_secret_value()
    connection = await asyncpg.connect(postgres)
    await connection.execute("create database vault")
    await connection.close()
    url, key = postgres.rsplit("/", 1)[0] + "/vault", secrets.token_bytes(32)
    await migrate(url, [key], password)
    as_app = app_url(url, APP_ROLE, password)
    database = Database(as_app, key)
    yield Vault(database, url, as_app.replace("+asyncpg", ""), uuid4())
    await database.close()


def entry(organization_id: UUID, number: int) -> Entry:
    return Entry(
        organization_id=organization_id,
        sequence=0,
        at=datetime.now(UTC),
        actor="operator",
        person_id=uuid4(),
        roles=("owner", "support"),
        act="patient:read",
        patient_id=uuid4(),
        resource="patient",
        resource_id=uuid4(),
        door="organization/pages",
        session_id=uuid4(),
        reason=f"Reason {number}",
    )


class Clock:
    """A minute for every look."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=5)
        return self.at


@pytest_asyncio.fixture(scope="module")
async def log(vault: Vault) -> list[Signed]:
    """The chain is written; these are the seals that the log has kept."""
    writer = AuditWriter(vault.database, KEYS, Clock())
    for number in range(ENTRIES):
        await writer.append(entry(vault.organization_id, number))
    await vault.run(*(f"create table kept_{table} as table {table}" for table in TABLES))
    async with vault.database.bare(Scribe()) as reading:
        rows = await reading.fetch("select * from audit_seal order by number")
    return [Signed(**dict(row)) for row in rows]


RESTORE = ";".join(f"delete from {table}; insert into {table} select * from kept_{table}" for table in TABLES)
EDITS = (
    "at = at + interval '1 microsecond'",
    "actor = 'house'",
    "person_id = gen_random_uuid()",
    "roles = array['owner']",
    "act = 'sign-in'",
    "outcome = 'failed'",
    "patient_id = null",
    "resource = 'journey'",
    "resource_id = null",
    "door = 'cli'",
    "session_id = null",
    "reason = ''",
    "previous_hash = repeat('0', 64)",
    "hash = repeat('0', 64)",
    "organization_id = gen_random_uuid()",
)
SEAL_EDITS = ("hash = 'x'", "signature = 'x'", "key_id = 'x'", "sequence = sequence + 1", "at = at + interval '1 day'")


def script(dice: random.Random, number: int) -> str:
    """One of the ways to tamper, at a random place."""
    place, other = dice.sample(range(1, ENTRIES + 1), 2)
    seals = f"delete from audit_seal where sequence > {place}"
    match number % 8:
        case 0 | 1:
            return f"update audit_entry set {dice.choice(EDITS)} where sequence = {place}"
        case 2:
            return f"delete from audit_entry where sequence between {place} and {place + dice.choice((0, 0, 20))}"
        case 3:
            return f"""
              update audit_entry set sequence = -1 where sequence = {place};
              update audit_entry set sequence = {place} where sequence = {other};
              update audit_entry set sequence = {other} where sequence = -1"""
        case 4:
            return f"delete from audit_entry where sequence >= {place}; {seals}"
        case 5:
            return f"""
              delete from audit_entry where sequence > {place}; {seals};
              update audit_head set (number, sequence, hash, at, signature) =
                (select number, sequence, hash, at, signature from audit_seal order by number desc limit 1)"""
        case 6:
            table, edits = dice.choice((("audit_seal", SEAL_EDITS), ("audit_head", SEAL_EDITS)))
            return f"update {table} set {dice.choice(edits)} where number = (select max(number) from {table})"
        case _:
            return dice.choice(
                (
                    "delete from audit_head",
                    "delete from audit_seal where number = 2",
                    "delete from audit_entry; delete from audit_seal; delete from audit_head",
                )
            )


async def test_what_nobody_touched_is_whole(vault: Vault, log: list[Signed]) -> None:
    assert await vault.faults(log) == []
    everything = await verify(vault.database, KEYS)
    assert [(one.entries, one.seals, one.faults) for one in everything] == [(ENTRIES, len(log), ())]
    assert len(log) >= ENTRIES // 100


async def test_what_is_not_there_is_not_called_whole(vault: Vault) -> None:
    with pytest.raises(DocumentInvalid, match=r"There is no organization 'nobody'. Name one of: .*house"):
        await verify(vault.database, KEYS, "nobody")


async def test_every_tampering_of_the_tables_is_found(vault: Vault, log: list[Signed]) -> None:
    dice = random.Random(7)
    for number in range(ROUNDS):
        wrong = script(dice, number)
        await vault.run(wrong)
        assert await vault.faults(log), wrong
        await vault.run(RESTORE)
        assert number % 10 or await vault.faults(log) == []
    assert await vault.faults(log) == []


async def test_a_made_up_entry_is_found(vault: Vault, log: list[Signed]) -> None:
    """With the right hash, in the next place: it stands beyond the signed end."""
    async with vault.database.bare(Scribe()) as reading:
        rows = await reading.fetch("select * from audit_entry order by sequence desc limit 1")
    last = link_of(rows[0])
    made_up = last.entry.model_copy(update={"sequence": ENTRIES + 1, "act": "note:read"})
    await vault.run(
        f"""insert into audit_entry select organization_id, {ENTRIES + 1}, at, actor, person_id, roles, 'note:read',
        outcome, patient_id, resource, resource_id, door, session_id, reason, hash, '{link(last.hash, made_up)}'
        from audit_entry where sequence = {ENTRIES}"""
    )
    assert await vault.faults(log) == [f"beyond-head at {ENTRIES + 1}"]
    await vault.run(RESTORE)


async def test_the_writer_extends_no_chain_whose_end_is_forged(vault: Vault, log: list[Signed]) -> None:
    """Else a truncation would be signed over by the next entry."""
    last = f"(select hash from audit_entry where sequence = {ENTRIES - 5})"
    await vault.run(
        f"delete from audit_entry where sequence > {ENTRIES - 5}",
        f"update audit_head set sequence = {ENTRIES - 5}, hash = {last}",
    )
    writer = AuditWriter(vault.database, KEYS, Clock())
    with pytest.raises(ChainBroken):
        await writer.append(entry(vault.organization_id, 0))
    await writer.append(entry(other := uuid4(), 0))
    assert (await verify_one(vault.database, KEYS, other, "other")).faults == ()
    assert await vault.faults(log)
    await vault.run(RESTORE)


async def test_a_lost_connection_costs_no_entry(vault: Vault, log: list[Signed]) -> None:
    """The server ends every connection of the application, as when it restarts."""
    chain, writer = uuid4(), AuditWriter(vault.database, KEYS, Clock())
    await writer.append(entry(chain, 1))
    connection = await asyncpg.connect(vault.app_url)
    await connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where usename = current_user and datname = 'vault' and pid <> pg_backend_pid()"
    )
    await connection.close()
    await writer.append(entry(chain, 2))
    checked = await verify_one(vault.database, KEYS, chain, "one")
    assert (checked.entries, checked.faults) == (2, ())


async def test_the_application_itself_cannot_tamper(vault: Vault, log: list[Signed]) -> None:
    owner = Operator(vault.organization_id, uuid4(), frozenset({"owner"}))
    for actor in (Scribe(), owner):
        for table in ("audit_entry", "audit_seal"):
            for attempt in (f"update {table} set hash = 'x'", f"delete from {table}", f"truncate {table}"):
                with pytest.raises(asyncpg.PostgresError):
                    async with vault.database.bare(actor) as connection:
                        await connection.execute(attempt)
    connection = await asyncpg.connect(vault.owner_url)
    with pytest.raises(asyncpg.RestrictViolationError):
        await connection.execute("update audit_entry set act = 'x'")
    await connection.close()
    assert await vault.faults(log) == []


def test_seals_are_read_back_from_the_log() -> None:
    kept = Signed(organization_id=uuid4(), number=3, sequence=300, hash="a" * 64, at=datetime.now(UTC))
    sealed = KEYS.sign(kept, "seal")
    line = json.dumps({"event": "audit sealed", **seal_line(sealed)})
    assert anchors(["nonsense", '{"event": "audit sealed"}', f"api-1  | {line}"]) == [sealed]
