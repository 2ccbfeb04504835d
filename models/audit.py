"""The audit's chains: entries, where each chain ends, and its seals.

Ids stand without foreign keys: what an entry tells of may be gone long before the entry is.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.base import TenantRow, moment, now_utc, words


class AuditEntry(SQLModel, table=True):
    """A `domain.audit.Entry` between the hash before it and its own; the nil organization is the house's."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("audit_entry_at", "organization_id", "at"),
        Index("audit_entry_act", "organization_id", "act", "sequence"),
        Index("audit_entry_door", "organization_id", "door", "sequence"),
        Index("audit_entry_not_done", "organization_id", "sequence", postgresql_where=text("outcome <> 'done'")),
        Index("audit_entry_patient", "organization_id", "patient_id"),
        Index("audit_entry_person", "organization_id", "person_id"),
    )

    organization_id: UUID = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    at: datetime = moment()
    actor: str
    person_id: UUID | None = None
    roles: list[str] = words()
    act: str
    outcome: str
    patient_id: UUID | None = None
    resource: str
    resource_id: UUID | None = None
    door: str
    session_id: UUID | None = None
    reason: str
    previous_hash: str
    hash: str


class AuditHead(SQLModel, table=True):
    """The signed end of a chain; `number` counts its seals."""

    __tablename__ = "audit_head"

    organization_id: UUID = Field(primary_key=True)
    number: int
    sequence: int
    hash: str
    at: datetime = moment()
    key_id: str
    signature: str


class AuditSeal(SQLModel, table=True):
    """A signed statement about a chain, which its successors repeat; also written to the log."""

    __tablename__ = "audit_seal"

    organization_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    sequence: int
    hash: str
    at: datetime = moment()
    key_id: str
    signature: str


class BrokenGlass(TenantRow, table=True):
    """`person_id` may read the record of `patient_id` until `until`, for `reason`; somebody else reviews it.

    `alarmed_at` is when owners and compliance had been told.
    """

    __tablename__ = "broken_glass"

    patient_id: UUID = Field(foreign_key="patient.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    reason: str
    opened_at: datetime = now_utc()
    until: datetime = moment()
    alarmed_at: datetime | None = moment(optional=True)
    reviewed_by: UUID | None = None
    reviewed_at: datetime | None = moment(optional=True)
