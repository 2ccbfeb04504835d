"""An organization of thousands, made by SQL and taken away again, and what the database reads for its lists."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import event

import composition
from composition import audit_keys_of
from domain.actors import House, Operator
from domain.audit import Signed
from models import Organization
from models.audit_chain import SIGNED, columns, insert
from models.policies import ROLES
from models.session import ActorSigner, Database
from tests.fixtures.house import RunningHouse
from usecases.context import Context

MANY = 30_000
FILL = Path(__file__).with_suffix(".sql").read_text()
BIG = (
    *("person", "patient", "appointment", "journey", "task", "message", "ledger_entry", "ledger_line", "audit_entry"),
)
CLEAR = ("audit_head", "audit_seal", *reversed(BIG), "engagement", "appointment_type")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Crowd:
    house: RunningHouse
    owner: Operator

    async def read(self, call: Callable[[Context, Operator], Awaitable[Answer]]) -> tuple[Answer, Counter[str]]:
        """What it answers, and how many rows of each large table the database took into its hands for it."""
        database = Remembering.of(self.house)
        answer = await call(replace(self.house.context, database=database), self.owner)
        asked = database.asked
        await database.close()
        return answer, await rows_taken(self.house, self.owner, asked)


class Remembering(Database):
    """Keeps what it is asked: statements and their values as the driver gets them."""

    asked: list[tuple[str, tuple[Any, ...]]]

    @classmethod
    def of(cls, house: RunningHouse) -> "Remembering":
        settings = house.settings
        assert settings.actor_key
        made = cls(composition.database_of(settings).engine.url.render_as_string(False), actor_key(house))
        made.asked = []

        def remember(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
            made.asked.append((statement, tuple(parameters)))

        event.listen(made.engine.sync_engine, "before_cursor_execute", remember)
        return made

    async def value(self, actor: Any, expression: str, *values: object) -> Any:
        self.asked.append((f"select $1::text, {expression}", ("", *values)))
        return await super().value(actor, expression, *values)


def actor_key(house: RunningHouse) -> bytes:
    assert house.settings.actor_key
    return bytes.fromhex(house.settings.actor_key.get_secret_value())


async def rows_taken(house: RunningHouse, who: Operator, asked: list[tuple[str, tuple[Any, ...]]]) -> Counter[str]:
    """Explained as the actor, with the same values."""
    taken: Counter[str] = Counter()
    connection = await asyncpg.connect(house.owner_url.replace("//fourdoors:", "//postgres:"))
    async with connection.transaction():
        await connection.execute(f"set local role {ROLES[who.kind]}")
        await connection.execute(
            "select set_config('fourdoors.actor', $1, true)", ActorSigner(actor_key(house)).token(who)
        )
        for statement, values in asked:
            if "set_config" not in statement and statement.lstrip().lower().startswith(("select", "with")):
                plan = await connection.fetchval(f"explain (analyze, format json, costs off) {statement}", *values)
                for node in nodes(json.loads(plan)[0]["Plan"]):
                    seen = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
                    taken[node.get("Relation Name", "")] += int(seen * node["Actual Loops"])
    await connection.close()
    return taken


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


@asynccontextmanager
async def crowded(house: RunningHouse) -> AsyncIterator[Crowd]:
    async with house.database.transaction(House()) as session:
        made = Organization(key=f"crowd-{uuid4().hex[:8]}", name="Crowd", legal_name="Crowd Ltd")
        session.add(made)
    brand = uuid4()
    head = Signed(organization_id=made.id, number=0, sequence=MANY, hash="", at=house.context.now())
    await script(house, filled(made.id, brand))
    await house.sql(insert("audit_head", SIGNED), *columns([audit_keys_of(house.settings).sign(head, "head")]))
    yield Crowd(house, Operator(made.id, uuid4(), frozenset({"owner"})))
    await script(house, cleared(made.id, brand))


def filled(organization: UUID, brand: UUID) -> str:
    text = FILL.replace(":organization", str(organization)).replace(":brand", str(brand)).replace(":many", str(MANY))
    return f"{text}; analyze {', '.join(BIG)}"


def cleared(organization: UUID, brand: UUID) -> str:
    """Past the triggers, which let nobody take an entry out."""
    gone = [f"delete from {table} where organization_id = '{organization}'" for table in CLEAR if table != "person"]
    gone += [f"delete from person where brand_id = '{brand}'", f"delete from brand where id = '{brand}'"]
    return "set local session_replication_role = replica; " + "; ".join(gone)


async def script(house: RunningHouse, text: str) -> None:
    connection = await asyncpg.connect(house.owner_url.replace("//fourdoors:", "//postgres:"))
    async with connection.transaction():
        await connection.execute(text)
    await connection.close()
