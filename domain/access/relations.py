"""How rows stand to an actor, and what a rule about them is: the words `rows` is written in."""

from dataclasses import dataclass
from typing import Literal

Verb = Literal["select", "insert", "update", "delete"]
Claim = Literal["organization", "brand", "person", "subject"]


@dataclass(frozen=True)
class Every:
    """Every row."""


@dataclass(frozen=True)
class Is:
    """Rows whose `column` is the actor's own id of that claim."""

    column: str
    claim: Claim


@dataclass(frozen=True)
class Through:
    """Rows that hang on a row of `table` the actor may see: `column` = `table`.`key`; only on a `narrowed` one."""

    table: str
    column: str
    key: str = "id"
    narrowed: "Relation | None" = None


@dataclass(frozen=True)
class Lasting:
    """Rows whose moment `column` is still to come."""

    column: str


@dataclass(frozen=True)
class Unnamed:
    """Rows whose `column` names nobody."""

    column: str


@dataclass(frozen=True)
class Unended:
    """Rows whose last day `column` is not over, or that name none."""

    column: str


@dataclass(frozen=True)
class Says:
    """Rows whose `column` is `value`."""

    column: str
    value: str


@dataclass(frozen=True)
class Both:
    """Rows that stand in both relations."""

    one: "Relation"
    other: "Relation"


Relation = Every | Is | Through | Lasting | Unnamed | Unended | Says | Both


@dataclass(frozen=True)
class Rule:
    actor: str
    verbs: tuple[Verb, ...]
    relation: Relation
    permission: str | None = None
