"""The last wall: what somebody who can run SQL as the application's role finds."""

import hmac
import time
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from composition import listening_url
from domain.access.relations import Both, Every, Is, Relation, Through
from domain.access.rows import POLICY
from domain.actors import Actor, Engine, House, Operator, Patient, Specialist, Visitor
from models.policies import ROLES, statements
from models.session import ActorSigner
from tests.fixtures.house import AURORA, MARIGOLD, RunningHouse
from tests.usecases.steps import held, journey_at_booking, new_patient, offered


@pytest_asyncio.fixture
async def attacker(house: RunningHouse) -> AsyncIterator[asyncpg.Connection]:
    """The application's own role, without its key."""
    connection = await asyncpg.connect(listening_url(house.settings))
    yield connection
    await connection.close()


def key_of(house: RunningHouse) -> bytes:
    assert house.settings.actor_key
    return bytes.fromhex(house.settings.actor_key.get_secret_value())


async def count(house: RunningHouse, actor: Actor, table: str) -> int:
    async with house.database.transaction(actor) as session:
        return int(await session.scalar(text(f"select count(*) from {table}")) or 0)


def test_every_table_has_a_policy() -> None:
    """A table without one cannot be used at all: add its line to POLICY in domain/access/rows.py."""
    assert set(SQLModel.metadata.tables) == set(POLICY)


async def test_row_level_security_is_forced_everywhere(attacker: asyncpg.Connection) -> None:
    rows = await attacker.fetch(
        "select relname, relrowsecurity, relforcerowsecurity from pg_class join pg_namespace n on n.oid = relnamespace "
        "where relkind = 'r' and nspname = 'public' and relname <> 'alembic_version'"
    )
    assert {row[0] for row in rows} == set(POLICY)
    assert all(row[1] and row[2] for row in rows)


async def test_the_application_owns_nothing(attacker: asyncpg.Connection) -> None:
    owned = "select count(*) from pg_class where relowner = (select oid from pg_roles where rolname = current_user)"
    assert await attacker.fetchval(owned) == 0
    role = await attacker.fetchrow(
        "select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = current_user"
    )
    assert tuple(role) == (False, False, False)


async def test_without_a_role_nothing_may_be_read(attacker: asyncpg.Connection) -> None:
    for table in POLICY:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await attacker.fetchval(f"select count(*) from {table}")


async def test_a_role_without_a_signed_actor_finds_nothing(attacker: asyncpg.Connection) -> None:
    for kind, role in ROLES.items():
        await attacker.execute(f"set role {role}")
        for table in (name for name, rules in POLICY.items() if any(rule.actor == kind for rule in rules)):
            assert await attacker.fetchval(f"select count(*) from {table}") == 0, table


async def test_a_token_is_worth_nothing_in_another_role(house: RunningHouse, attacker: asyncpg.Connection) -> None:
    token = ActorSigner(key_of(house)).token(House())
    seeing = {rule.actor for rule in POLICY["organization"]} - {"house"}
    for role in (ROLES[kind] for kind in seeing):
        async with attacker.transaction():
            await attacker.execute(f"set local role {role}")
            await attacker.execute("select set_config('fourdoors.actor', $1, true)", token)
            assert await attacker.fetchval("select count(*) from organization") == 0, role


async def test_forged_tokens_are_worth_nothing(house: RunningHouse, attacker: asyncpg.Connection) -> None:
    good = ActorSigner(key_of(house)).token(House())
    body, signed = good.rsplit(".", 1)
    old = "house||||||" + str(int(time.time()) - 1)
    expired = f"{old}.{hmac.new(key_of(house), old.encode(), sha256).hexdigest()}"
    other_key = ActorSigner(b"x" * 32).token(House())
    swapped = f"{body.replace('house', 'engine')}.{signed}"
    for token in ("house", f"{body}.", f"{body}.{'0' * 64}", expired, other_key, swapped, f"{body}.{signed[:-1]}"):
        async with attacker.transaction():
            await attacker.execute("set local role fourdoors_house")
            await attacker.execute("select set_config('fourdoors.actor', $1, true)", token)
            assert await attacker.fetchval("select count(*) from organization") == 0, token
    async with attacker.transaction():
        await attacker.execute("set local role fourdoors_house")
        await attacker.execute("select set_config('fourdoors.actor', $1, true)", good)
        assert await attacker.fetchval("select count(*) from organization") >= 2
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await attacker.fetchval("select count(*) from organization")


@pytest.mark.parametrize(
    "attempt",
    [
        "select * from security.pads",
        "update security.pads set inner_pad = ''",
        "alter table patient disable row level security",
        "alter table patient no force row level security",
        "drop policy house_may_select on patient",
        "create policy mine on patient using (true)",
        "set role fourdoors",
        "set session authorization fourdoors",
        "create or replace function security.claim(place int, kind text) returns text language sql as 'select 1::text'",
        "create table mine (x int)",
        "create function mine() returns int language sql as 'select 1'",
        "truncate ledger_line",
        "copy patient to program 'cat'",
        "set row_security = off; select count(*) from patient",
    ],
)
async def test_what_the_application_may_not_do(attacker: asyncpg.Connection, attempt: str) -> None:
    with pytest.raises(asyncpg.PostgresError):
        await attacker.execute(attempt)


async def test_another_tenants_rows_are_not_there(house: RunningHouse) -> None:
    """S18, P28, A17: nobody sees another organization's rows, nor another patient's."""
    here, there = await new_patient(house, AURORA), await new_patient(house, MARIGOLD)
    for patient in (here, there):
        journey_id = await journey_at_booking(house, patient)
        await held(house, patient, await offered(house, patient), journey_id)
    for table in ("patient", "consent", "journey", "journey_entry", "appointment", "appointment_entry", "person"):
        async with house.database.transaction(here) as session:
            rows = (await session.execute(text(f"select * from {table}"))).mappings().all()
        assert rows, table
        assert all(_is_mine(dict(row), table, here) for row in rows), table


def _is_mine(row: dict[str, Any], table: str, patient: Patient) -> bool:
    mine = {"patient": ("id", patient.patient_id), "person": ("id", patient.person_id)}
    column, own = mine.get(table, ("patient_id", patient.patient_id))
    return bool(row[column] == own)


async def test_operators_end_at_their_organization(house: RunningHouse) -> None:
    here, there = await new_patient(house, AURORA), await new_patient(house, MARIGOLD)
    for patient in (here, there):
        await held(house, patient, await offered(house, patient))
    operator = Operator(here.organization_id, uuid4(), frozenset({"owner"}))
    for table in ("patient", "appointment", "journey", "membership", "ledger_intent", "message"):
        async with house.database.transaction(operator) as session:
            found = set((await session.scalars(text(f"select organization_id from {table}"))).all())
        assert found <= {here.organization_id}, table


async def test_a_stranger_to_everybody_sees_what_everybody_may(house: RunningHouse) -> None:
    for actor in (Visitor(uuid4()), Specialist(uuid4(), uuid4()), Engine(uuid4()), Operator(uuid4(), uuid4())):
        for table in (name for name, rules in POLICY.items() if any(rule.actor == actor.kind for rule in rules)):
            rows = await count(house, actor, table)
            assert rows == 0 or (isinstance(actor, Engine) and table in ("person", "preference", "suppression")), table


async def test_nobody_writes_for_somebody_else(house: RunningHouse) -> None:
    here, there = await new_patient(house, AURORA), await new_patient(house, AURORA)
    appointment_id: UUID = await held(house, there, await offered(house, there))
    steal = text("update appointment set patient_id = :mine where id = :id")
    with pytest.raises(DBAPIError, match="permission denied"):
        async with house.database.transaction(here) as session:
            await session.execute(steal, {"mine": here.patient_id, "id": appointment_id})
    async with house.database.transaction(there) as session:
        own = await session.scalar(text("select patient_id from appointment where id = :id"), {"id": appointment_id})
    assert own == there.patient_id


async def test_the_ledger_only_grows_and_balances(house: RunningHouse) -> None:
    patient = await new_patient(house, AURORA)
    for statement in ("update ledger_line set amount = 1", "delete from ledger_line", "delete from ledger_entry"):
        with pytest.raises(DBAPIError):
            async with house.database.transaction(Engine(patient.organization_id)) as session:
                await session.execute(text(statement))


def test_every_rule_asks_who_it_is() -> None:
    """A relation that only looks at a row's own columns would show it to a token of any kind."""

    def asks(relation: Relation) -> bool:
        match relation:
            case Is() | Every() | Through():
                return True
            case Both(one, other):
                return asks(one) or asks(other)
        return False

    careless = [f"{table}: {rule}" for table, rules in POLICY.items() for rule in rules if not asks(rule.relation)]
    assert not careless, f"{careless} name nobody: join them with the organization, the person or what leads there"


def test_statements_are_complete() -> None:
    """Every table is enabled, forced, granted and given a policy for each verb somebody may use."""
    made = "\n".join(statements())
    for table, rules in POLICY.items():
        assert f"alter table {table} force row level security" in made
        for verb in {verb for rule in rules for verb in rule.verbs}:
            assert f"_may_{verb} on {table} for {verb}" in made
