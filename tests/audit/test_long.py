"""A long chain is looked at without being read: what a page reads is what it shows, whatever came before."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import pytest_asyncio
from sqlalchemy import event

from composition import audit_keys_of
from domain.actors import House, Operator
from domain.audit import Signed
from models import Organization
from models.audit_chain import SIGNED, columns, insert
from tests.fixtures.house import RunningHouse
from usecases.listing import PAGES, ROWS, Paging
from usecases.organization import audit
from usecases.organization.audit import COUNTED, AuditPage, AuditSearch

HASH = "0" * 64
LONG = 150_000
FILL = """
insert into audit_entry (organization_id, sequence, at, actor, person_id, roles, act, outcome, resource, door, reason,
  previous_hash, hash)
select $1, n, now() - interval '110 days' + n * interval '1 minute', 'operator', $2, '{}',
  case when n % 2 = 0 then 'patient:read' else 'journey:read' end, 'done', '', 'organization/json', '', '', $4
from generate_series(1, $3::int) n
"""
CLEAR = """
do $$ begin
  perform set_config('session_replication_role', 'replica', true);
  delete from audit_entry where organization_id = '{0}'; delete from audit_head where organization_id = '{0}';
  delete from audit_seal where organization_id = '{0}';
end $$
"""
"""Past the triggers, which let nobody delete an entry."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def auditor(house: RunningHouse) -> AsyncIterator[Operator]:
    """Compliance of an organization that has been there for long."""
    async with house.database.transaction(House()) as session:
        made = Organization(key=f"long-{uuid4().hex[:8]}", name="Long", legal_name="Long Ltd")
        session.add(made)
    head = Signed(organization_id=made.id, number=0, sequence=LONG, hash=HASH, at=house.context.now())
    who = Operator(made.id, uuid4(), frozenset({"compliance"}))
    await house.sql(FILL, made.id, who.person_id, LONG, HASH)
    await house.sql(insert("audit_head", SIGNED), *columns([audit_keys_of(house.settings).sign(head, "head")]))
    await house.sql("analyze audit_entry")
    yield who
    await house.sql(CLEAR.format(made.id))


async def looked_at(house: RunningHouse, who: Operator, query: AuditSearch) -> tuple[AuditPage, int]:
    """The page, and how many entries the database took into its hands for the statements behind it."""
    asked: list[tuple[str, Any]] = []

    def remember(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        asked.append((statement, parameters))

    engine = house.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", remember)
    page = await audit.audit(house.context, who, query)
    event.remove(engine, "before_cursor_execute", remember)
    async with house.database.transaction(who) as session:
        connection = await session.connection()
        explained = [
            await connection.exec_driver_sql(f"explain (analyze, format json) {statement}", parameters)
            for statement, parameters in asked
            if "FROM audit_entry" in statement
        ]
        plans = [found.scalar_one() for found in explained]
    assert plans
    return page, sum(entries_in(node) for plan in plans for node in nodes(plan))


def nodes(plan: Any) -> Iterator[dict[str, Any]]:
    for each in json.loads(plan) if isinstance(plan, str) else plan:
        yield each.get("Plan", each)
        yield from nodes(each.get("Plan", each).get("Plans", []))


def entries_in(node: dict[str, Any]) -> int:
    if node.get("Relation Name") != "audit_entry":
        return 0
    return int((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])


async def test_a_page_of_everything_reads_that_page(house: RunningHouse, auditor: Operator) -> None:
    page, read = await looked_at(house, auditor, AuditSearch())
    assert len(page.rows) == page.paging.per_page
    assert page.rows[0].sequence - page.rows[-1].sequence == page.paging.per_page - 1
    assert (page.paging.more, page.paging.total) == (False, page.chain.entries)
    assert page.paging.total >= LONG
    assert read < 4 * page.paging.per_page


async def test_the_oldest_page_costs_no_more(house: RunningHouse, auditor: Operator) -> None:
    last, read = await looked_at(house, auditor, AuditSearch(page=9_000))
    assert last.rows[-1].sequence == 1
    assert last.paging.page == -(-last.paging.total // last.paging.per_page)
    assert read < 4 * last.paging.per_page


async def test_a_search_counts_only_so_far(house: RunningHouse, auditor: Operator) -> None:
    page, read = await looked_at(house, auditor, AuditSearch(act="patient:read", page=9_000))
    assert (page.paging.total, page.paging.more) == (COUNTED, True)
    assert page.paging.page == COUNTED // page.paging.per_page
    assert {row.act for row in page.rows} == {"patient:read"}
    assert read < LONG / 20


async def test_of_days_only_those_are_read(house: RunningHouse, auditor: Operator) -> None:
    newest = (await audit.audit(house.context, auditor, AuditSearch(page=100))).rows[0].at.date()
    page, read = await looked_at(house, auditor, AuditSearch(since=newest, until=newest, act="patient:read"))
    assert {row.at.date() for row in page.rows} == {newest}
    assert 0 < page.paging.total < COUNTED
    assert read < LONG / 20


def test_no_page_leads_to_one_that_cannot_be_asked_for() -> None:
    endless = ROWS * (PAGES + 1)
    assert Paging(page=PAGES - 1, total=endless).following == AuditSearch(page=PAGES).page
    assert Paging(page=PAGES, total=endless).following is None
