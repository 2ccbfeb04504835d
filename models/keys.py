"""The data keys payloads are encrypted with, and which key a workflow's payloads have."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from models.base import Row, moment, now_utc


class DataKey(Row, table=True):
    """`subject_id` is the person it is about; `wrapped` is the key under a master key, empty once destroyed."""

    __tablename__ = "data_key"
    __table_args__ = (
        Index("data_key_of_subject", "subject_id", unique=True, postgresql_where=text("destroyed_at is null")),
    )

    subject_id: UUID
    wrapped: bytes
    master_key_id: str = Field(index=True)
    created_at: datetime = now_utc()
    destroyed_at: datetime | None = moment(optional=True)


class WorkflowKey(Row, table=True):
    """A workflow keeps its key for life; one without a line here has the house's."""

    __tablename__ = "workflow_key"

    workflow_id: str = Field(unique=True)
    data_key_id: UUID = Field(foreign_key="data_key.id", index=True)
