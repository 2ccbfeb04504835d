"""What the last wall costs does not grow with an organization: one row is found without reading its thousands."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from domain.actors import Operator, Specialist
from models.policies import ROLES
from models.session import ActorSigner
from tests.fixtures.house import AURORA, RunningHouse
from tests.specialist.people import booked, new_specialist
from tests.usecases.steps import new_patient

MANY = 4_000
CROWD = """
with crowd as (
  insert into person (id, brand_id, email, password_hash, given_name, family_name, locale, time_zone, phone, status,
    created_at)
  select gen_random_uuid(), $1, 'crowd-' || n || '@patients.example', '!', 'A', 'B', 'en', 'UTC', '', 'active', now()
  from generate_series(1, $3::int) n returning id
)
insert into patient (id, organization_id, brand_id, person_id, gender, jurisdiction, address, emergency_contact, source,
  created_at, version)
select gen_random_uuid(), $2, $1, id, 'unknown', 'US-MA', '{}', '{}', 'registration', now(), 1 from crowd
"""
READS = {
    "a person": "select given_name from person where id = $1",
    "a patient's person": "select p.given_name from patient join person p on p.id = patient.person_id where p.id = $1",
}


@pytest_asyncio.fixture
async def crowded(house: RunningHouse) -> AsyncIterator[tuple[asyncpg.Connection, Operator, Specialist, UUID]]:
    """A transaction that is taken back, in which an organization has thousands of patients more."""
    patient, colleague = await new_patient(house, AURORA), await new_specialist(house)
    await booked(house, patient, colleague)
    connection = await asyncpg.connect(house.owner_url.replace("//fourdoors:", "//postgres:"))
    taken_back = connection.transaction()
    await taken_back.start()
    await connection.execute(CROWD, patient.brand_id, patient.organization_id, MANY)
    await connection.execute("analyze person, patient, appointment")
    operator = Operator(patient.organization_id, patient.person_id, frozenset({"owner"}))
    yield connection, operator, colleague.specialist, patient.person_id
    await taken_back.rollback()
    await connection.close()


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("kind", ["operator", "specialist"])
async def test_one_row_costs_a_few(
    house: RunningHouse,
    crowded: tuple[asyncpg.Connection, Operator, Specialist, UUID],
    kind: str,
    read: str,
) -> None:
    connection, operator, specialist, person_id = crowded
    actor = operator if kind == "operator" else specialist
    assert house.settings.actor_key
    signer = ActorSigner(bytes.fromhex(house.settings.actor_key.get_secret_value()))
    await connection.execute(f"set local role {ROLES[kind]}")
    await connection.execute("select set_config('fourdoors.actor', $1, true)", signer.token(actor))
    assert len(await connection.fetch(READS[read], person_id)) == 1
    explained = await connection.fetchval(f"explain (analyze, format json, costs off) {READS[read]}", person_id)
    read_by_node = [rows(node) for node in nodes(json.loads(explained)[0]["Plan"])]
    assert max(read_by_node) < 200, f"{max(read_by_node)} rows of {MANY}: {explained}"


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


def rows(node: dict[str, Any]) -> float:
    """What a node gave and what it threw away, in all its loops."""
    each = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return float(each * node["Actual Loops"])
