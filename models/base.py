"""What every table shares: random UUID keys, aware times, JSON documents."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import DateTime, String, Table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel


def moment(*, optional: bool = False, index: bool = False) -> Any:
    """A column of aware time."""
    column: dict[str, Any] = {"sa_type": DateTime(timezone=True), "nullable": optional, "index": index}
    return Field(default=None, **column) if optional else Field(**column)


def now_utc() -> Any:
    """A column of aware time that defaults to the clock of the process that writes."""
    return Field(default_factory=lambda: datetime.now(UTC), sa_type=DateTime(timezone=True), nullable=False)


def document(*, many: bool = False) -> Any:
    """A JSON column."""
    return Field(default_factory=list if many else dict, sa_type=JSONB, nullable=False)


def words() -> Any:
    """A column of short strings."""
    return Field(default_factory=list, sa_type=ARRAY(String), nullable=False)


class Row(SQLModel):
    id: UUID = Field(default_factory=uuid4, primary_key=True)


class TenantRow(Row):
    """Belongs to one organization; row-level security is forced on every such table."""

    organization_id: UUID = Field(foreign_key="organization.id", index=True)


def table_of(row: type[SQLModel]) -> Table:
    """For rows as they are instead of objects."""
    table: Table = row.__table__  # type: ignore[attr-defined]
    return table


def values_of(row: SQLModel) -> dict[str, Any]:
    """Column -> value, for an INSERT that says what a conflict means."""
    return {name: getattr(row, name) for name in (column.name for column in table_of(type(row)).columns)}
