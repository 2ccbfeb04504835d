"""Journey definitions, and what lists and pages need to know of running journeys."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from models.base import TenantRow, document, moment, now_utc


class JourneyDefinition(TenantRow, table=True):
    """A version never changes once published."""

    __tablename__ = "journey_definition"
    __table_args__ = (UniqueConstraint("organization_id", "key", "version"),)

    key: str
    version: int
    status: str = "published"
    body: dict[str, Any] = document()
    published_at: datetime = now_utc()


class Journey(TenantRow, table=True):
    """The last recorded state of `journey/<id>`; `version` only ever grows."""

    __table_args__ = (
        Index("journey_open", "organization_id", "status", "until", postgresql_include=["stage", "escalated"]),
        Index("journey_by_until", "organization_id", "until"),
        Index("journey_by_since", "organization_id", "since"),
        Index("journey_by_start", "organization_id", "started_at"),
    )

    organization_id: UUID = Field(foreign_key="organization.id")
    brand_id: UUID = Field(foreign_key="brand.id", index=True)
    patient_id: UUID = Field(foreign_key="patient.id", index=True)
    program_id: UUID | None = Field(default=None, foreign_key="program.id")
    definition_key: str
    definition_version: int
    status: str = "active"
    stage: str = "intake"
    step: str = ""
    step_kind: str = ""
    waits_for: str = ""
    since: datetime | None = moment(optional=True)
    until: datetime | None = moment(optional=True)
    then: str = ""
    escalated: bool = False
    appointment_id: UUID | None = Field(default=None, index=True)
    outcome: str = ""
    facts: dict[str, Any] = document()
    version: int = 0
    started_at: datetime = now_utc()
    ended_at: datetime | None = moment(optional=True)


class JourneyEntry(TenantRow, table=True):
    """One line of a journey's story."""

    __tablename__ = "journey_entry"
    __table_args__ = (UniqueConstraint("journey_id", "version"),)

    journey_id: UUID = Field(foreign_key="journey.id", index=True)
    patient_id: UUID
    version: int
    at: datetime = moment()
    what: str
    step: str
    by: str
    detail: str = ""


class Task(TenantRow, table=True):
    """Something a person of the organization does for a journey, and ticks off."""

    __table_args__ = (
        UniqueConstraint("journey_id", "step", "opened_version"),
        Index("task_open", "organization_id", text("urgent desc"), "due_at", postgresql_where=text("done_at is null")),
        Index("task_done", "organization_id", "done_at"),
    )

    organization_id: UUID = Field(foreign_key="organization.id")
    journey_id: UUID = Field(foreign_key="journey.id", index=True)
    patient_id: UUID = Field(foreign_key="patient.id")
    step: str
    opened_version: int
    assignee: str
    urgent: bool = False
    due_at: datetime = moment()
    opened_at: datetime = moment()
    done_at: datetime | None = moment(optional=True)
    done_by: UUID | None = None


class OfferedMaterial(TenantRow, table=True):
    """A preparation text given to a patient; `read_at` is the receipt."""

    __tablename__ = "offered_material"
    __table_args__ = (UniqueConstraint("journey_id", "material_key", "appointment_id"),)

    journey_id: UUID = Field(foreign_key="journey.id", index=True)
    patient_id: UUID = Field(foreign_key="patient.id", index=True)
    appointment_id: UUID | None = None
    material_key: str
    offered_at: datetime = moment()
    read_at: datetime | None = moment(optional=True)
