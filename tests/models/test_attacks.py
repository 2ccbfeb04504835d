"""The last wall under attack: every script of `attacks.py`, without a token and with one patient's own."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import text

from composition import listening_url
from domain.access.rows import POLICY
from domain.actors import House, Patient
from models import Person
from models.migrations import migrate
from models.policies import APP_ROLE, ROLES
from models.security import drift, key_id
from models.session import ActorSigner, Database
from tests.fixtures.house import AURORA, MARIGOLD, RunningHouse
from tests.models.attacks import ATTACKS
from tests.models.test_walls import key_of
from tests.specialist.people import booked, new_specialist
from tests.usecases.steps import journey_at_booking, new_patient

TAKEN = (APP_ROLE, ROLES["house"], ROLES["patient"])
"""The roles an attacker may take: none, the most powerful, and the token's own."""


@dataclass
class Attacker:
    """The application's role; `heard` is everything PostgreSQL has told."""

    connection: asyncpg.Connection
    heard: list[str] = field(default_factory=list)

    async def run(self, script: list[str], token: str, role: str, **names: object) -> None:
        """In a transaction that is taken back."""
        trial = self.connection.transaction()
        await trial.start()
        try:
            await self.connection.execute(f"set local role {role}")
            await self.connection.execute("select set_config('fourdoors.actor', $1, true)", token)
            for statement in script:
                self.heard.append(repr(await self._one(statement.format(token=token, **names))))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as refused:
            self.heard.append(f"{refused} {getattr(refused, 'detail', '')} {getattr(refused, 'hint', '')}")
        finally:
            await trial.rollback()

    async def _one(self, statement: str) -> Any:
        if "to stdout" in statement:
            query = statement.removeprefix("copy ").removesuffix(" to stdout")
            chunks: list[bytes] = []

            async def keep(chunk: bytes) -> None:
                chunks.append(chunk)

            if query.startswith("("):
                await self.connection.copy_from_query(query.strip("()"), output=keep)
            else:
                schema, _, table = query.rpartition(".")
                await self.connection.copy_from_table(table, schema_name=schema or "public", output=keep)
            return b"".join(chunks)
        return [tuple(row) for row in await self.connection.fetch(statement)]


@dataclass(frozen=True)
class Victims:
    """Two patients of two organizations, each with a journey and an appointment; what must not be heard of one."""

    attacker: Patient
    victim: Patient
    marks: tuple[str, ...]


@pytest_asyncio.fixture(scope="module")
async def victims(house: RunningHouse) -> Victims:
    mine, theirs = await new_patient(house, AURORA), await new_patient(house, MARIGOLD)
    for patient in (mine, theirs):
        await journey_at_booking(house, patient)
    appointment_id = await booked(house, theirs, await new_specialist(house, "lindenhof"))
    async with house.database.transaction(House()) as session:
        email = (await session.get_one(Person, theirs.person_id)).email
    marks = (str(theirs.patient_id), str(theirs.person_id), str(appointment_id), email)
    return Victims(mine, theirs, marks)


@pytest_asyncio.fixture
async def attacker(house: RunningHouse) -> AsyncIterator[Attacker]:
    connection = await asyncpg.connect(listening_url(house.settings))
    made = Attacker(connection)
    connection.add_log_listener(lambda _, message: made.heard.append(str(message)))
    yield made
    await connection.close()


def test_there_are_many_attacks(record_property: Callable[[str, object], None]) -> None:
    record_property("raw SQL attacks", f"{len(ATTACKS)} scripts, each in {len(TAKEN)} roles, with and without a token")
    assert len(ATTACKS) >= 90
    assert sum(len(script) for script in ATTACKS.values()) >= 120


@pytest.mark.parametrize("name", ATTACKS)
async def test_an_attacker_finds_nothing_foreign(
    house: RunningHouse, victims: Victims, attacker: Attacker, name: str
) -> None:
    own = ActorSigner(key_of(house)).token(victims.attacker)
    named = {"victim": victims.victim.organization_id, "patient": victims.victim.patient_id}
    said = "".join(ATTACKS[name]).format(token=own, **named)
    before = await counted(house)
    for token, role in ((token, role) for token in ("", own) for role in TAKEN):
        await attacker.run(ATTACKS[name], token, role, **named)
    assert attacker.heard
    heard = " ".join(attacker.heard)
    assert not [mark for mark in victims.marks if mark in heard and mark not in said], name
    assert await counted(house) == before, f"{name} has changed something"


async def counted(house: RunningHouse) -> list[Any]:
    """How many patients and people there are, and what the application's role is."""
    query = "select (select count(*) from patient), (select count(*) from person), rolsuper, rolbypassrls from pg_roles"
    async with house.database.transaction(House()) as session:
        found = await session.execute(text(f"{query} where rolname = '{APP_ROLE}'"))
        return [tuple(row) for row in found]


async def test_the_test_can_fail(house: RunningHouse, victims: Victims, attacker: Attacker) -> None:
    """With the house's own token the same statements do tell of the victim."""
    script = ["select * from patient", "select * from person"]
    await attacker.run(script, ActorSigner(key_of(house)).token(House()), ROLES["house"])
    heard = " ".join(attacker.heard)
    assert all(mark in heard for mark in (victims.marks[0], victims.marks[1], victims.marks[3]))


async def test_the_walls_are_as_the_policy_says(house: RunningHouse) -> None:
    connection = await asyncpg.connect(house.owner_url)
    assert await drift(connection) == []
    await connection.close()


@pytest.mark.parametrize(
    "removal",
    [
        "alter table {table} disable row level security",
        "alter table {table} no force row level security",
        "create policy mine on {table} using (true)",
        "drop policy {policy} on {table}",
        "grant truncate on {table} to fourdoors_house",
    ],
)
async def test_removing_a_brick_from_any_table_is_caught(house: RunningHouse, removal: str) -> None:
    connection = await asyncpg.connect(house.owner_url)
    trial = connection.transaction()
    await trial.start()
    for table, rules in POLICY.items():
        policy = f"{rules[0].actor}_may_{rules[0].verbs[0]}"
        await connection.execute(removal.format(table=table, policy=policy))
    found = await drift(connection)
    await trial.rollback()
    await connection.close()
    assert [table for table in POLICY if not any(f"'{table}'" in f or f".{table}'" in f for f in found)] == []


async def test_keys_change_while_processes_run(house: RunningHouse, owner_url: str) -> None:
    """A new key is believed beside the old one, then alone; tokens of the old key are worth nothing any more."""
    old, new = key_of(house), bytes(range(32))
    password = house.settings.database_app_password
    assert password
    renewed = Database(str(house.database.engine.url.render_as_string(hide_password=False)), new)
    try:
        known = await organizations(house.database)
        assert await organizations(renewed) == 0
        await migrate(owner_url, [new, old], password.get_secret_value())
        assert await organizations(renewed) == await organizations(house.database) == known
        await migrate(owner_url, [new], password.get_secret_value())
        assert (await organizations(renewed), await organizations(house.database)) == (known, 0)
    finally:
        await migrate(owner_url, [old], password.get_secret_value())
        await renewed.close()
    assert await organizations(house.database) == known
    assert key_id(old) != key_id(new)


async def organizations(database: Database) -> int:
    return int(await database.value(House(), "(select count(*)::int from organization)"))
