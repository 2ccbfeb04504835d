"""Reading and growing the audit's chains, on a bare connection: many entries by few statements."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from domain.audit import Entry, Link, Signed

Thing = tuple[str, UUID]
TABLES = {
    "appointment": "appointment",
    "journey": "journey",
    "task": "task",
    "material": "offered_material",
    "document": "shared_document",
    "payment": "ledger_intent",
    "guardianship": "guardianship",
}
"""Kinds of things that belong to a patient, and where they are kept."""

OF_PERSON = """
select 'person' as kind, person_id as id, organization_id, id as patient_id
from patient where person_id = any($2::uuid[])
union all
select distinct on (person_id) 'person', person_id, organization_id, null::uuid
from membership where person_id = any($2::uuid[]) and status = 'active'
"""
WHOSE = " union all ".join(
    (
        "select 'patient' as kind, id, organization_id, id as patient_id from patient where id = any($1::uuid[])",
        *(
            f"select '{kind}', id, organization_id, patient_id from {table} where id = any($1::uuid[])"
            for kind, table in TABLES.items()
        ),
        f"select * from ({OF_PERSON}) people",
    )
)
HEADS = """
select h.*, s.sequence as sealed, s.at as sealed_at from audit_head h
left join audit_seal s on s.organization_id = h.organization_id and s.number = h.number
where h.organization_id = any($1) order by h.organization_id for update of h
"""
ENTRY = {
    "organization_id": "uuid",
    "sequence": "bigint",
    "at": "timestamptz",
    "actor": "text",
    "person_id": "uuid",
    "roles": "text",
    "act": "text",
    "outcome": "text",
    "patient_id": "uuid",
    "resource": "text",
    "resource_id": "uuid",
    "door": "text",
    "session_id": "uuid",
    "reason": "text",
}
LINK = ENTRY | {"previous_hash": "text", "hash": "text"}
SIGNED = {
    "organization_id": "uuid",
    "number": "bigint",
    "sequence": "bigint",
    "hash": "text",
    "at": "timestamptz",
    "key_id": "text",
    "signature": "text",
}


def arrays(columns: dict[str, str], after: int = 0) -> str:
    """Parameters that follow on the first `after`."""
    return ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(columns.values(), after + 1))


def insert(table: str, columns: dict[str, str], after: int = 0) -> str:
    """One statement for any number of rows: an array for each column."""
    shown = ", ".join(f"string_to_array({name}, ',')" if name == "roles" else name for name in columns)
    names = ", ".join(columns)
    return f"insert into {table} ({names}) select {shown} from unnest({arrays(columns, after)}) as new({names})"


ADD_HEADS = insert("audit_head", SIGNED) + " on conflict do nothing"
MOVE_HEADS = f"""
update audit_head h set number = n.number, sequence = n.sequence, hash = n.hash, at = n.at, key_id = n.key_id,
  signature = n.signature
from unnest({arrays(SIGNED, len(LINK))}) as n({", ".join(SIGNED)}) where h.organization_id = n.organization_id
"""
GROW = f"""
with added as ({insert("audit_entry", LINK)}), moved as ({MOVE_HEADS})
{insert("audit_seal", SIGNED, len(LINK) + len(SIGNED))}
"""


async def owners(connection: asyncpg.Connection, things: Collection[Thing]) -> dict[Thing, tuple[UUID, UUID | None]]:
    """Organization and patient of each thing that has one; nothing for what is absent."""
    people = {thing[1] for thing in things if thing[0] == "person"}
    others = {thing[1] for thing in things if thing[0] != "person"}
    rows = await connection.fetch(WHOSE, list(others), list(people))
    return {(row["kind"], row["id"]): (row["organization_id"], row["patient_id"]) for row in rows}


async def locked_heads(
    connection: asyncpg.Connection, organizations: Collection[UUID]
) -> dict[UUID, tuple[Signed, int, datetime | None]]:
    """The ends of the chains that have begun, ours until the transaction ends; each with its last seal's sequence and
    moment."""
    rows = await connection.fetch(HEADS, sorted(organizations))
    return {row["organization_id"]: (signed_of(row), row["sealed"] or 0, row["sealed_at"]) for row in rows}


async def begin(connection: asyncpg.Connection, heads: Sequence[Signed]) -> None:
    await connection.execute(ADD_HEADS, *columns(heads))


async def grow(
    connection: asyncpg.Connection, links: Sequence[Link], heads: Sequence[Signed], seals: Sequence[Signed]
) -> None:
    """All of it by one statement."""
    await connection.execute(GROW, *link_columns(links), *columns(heads), *columns(seals))


def columns(signed: Sequence[Signed]) -> list[list[object]]:
    return [[getattr(one, name) for one in signed] for name in SIGNED]


def link_columns(links: Sequence[Link]) -> list[list[object]]:
    found = entry_columns([each.entry for each in links])
    return [*found, [each.previous for each in links], [each.hash for each in links]]


def entry_columns(entries: Sequence[Entry]) -> list[list[object]]:
    plain = [[getattr(one, name) for one in entries] for name in ENTRY]
    roles = list(ENTRY).index("roles")
    plain[roles] = [",".join(one.roles) for one in entries]
    return plain


def signed_of(row: asyncpg.Record) -> Signed:
    return Signed(**{name: row[name] for name in SIGNED})


def link_of(row: asyncpg.Record) -> Link:
    """Nothing is checked here: what the table holds may be anything."""
    plain = {name: row[name] for name in ENTRY} | {"roles": tuple(row["roles"])}
    return Link(Entry.model_construct(**plain), row["previous_hash"], row["hash"])


async def stored_links(connection: asyncpg.Connection, organization_id: UUID) -> AsyncIterator[Link]:
    """A whole chain in its order, by one statement: the actor's token need not outlast it."""
    query = "select * from audit_entry where organization_id = $1 order by sequence"
    async for row in connection.cursor(query, organization_id, prefetch=5000):
        yield link_of(row)


async def stored_signed(connection: asyncpg.Connection, table: str, organization_id: UUID) -> list[Signed]:
    """`audit_head`: one or none; `audit_seal`: all, in their order."""
    query = f"select * from {table} where organization_id = $1 order by number"
    return [signed_of(row) for row in await connection.fetch(query, organization_id)]


async def chains(connection: asyncpg.Connection) -> set[UUID]:
    """Every organization of which anything is left."""
    query = " union ".join(
        f"select organization_id from {table}" for table in ("audit_entry", "audit_head", "audit_seal")
    )
    return {row[0] for row in await connection.fetch(query)}
