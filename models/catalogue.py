"""What can be booked, at which price, with which terms; and what patients read before a session."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.base import TenantRow, document, now_utc


class AppointmentType(TenantRow, table=True):
    """Minutes throughout; `terms` is a `CancellationTerms` document. `location_id`: where one in person is booked."""

    __tablename__ = "appointment_type"
    __table_args__ = (UniqueConstraint("organization_id", "key"),)

    key: str
    name: dict[str, str] = document()
    length: int
    before: int = 0
    after: int = 0
    notice: int = 120
    horizon_days: int = 60
    alignment: int = 15
    slot_class: str = "any"
    modality: str = "video"
    location_id: UUID | None = Field(default=None, foreign_key="location.id")
    hold_minutes: int = 15
    reminders: list[int] = document(many=True)
    terms: dict[str, Any] = document()
    version: int = 1


class Price(TenantRow, table=True):
    """The newest price whose time has come holds."""

    brand_id: UUID = Field(foreign_key="brand.id", index=True)
    appointment_type_id: UUID = Field(foreign_key="appointment_type.id", index=True)
    amount: int
    currency: str
    effective_from: datetime = now_utc()


class Material(TenantRow, table=True):
    """A preparation text by locale."""

    __table_args__ = (UniqueConstraint("organization_id", "key"),)

    key: str
    title: dict[str, str] = document()
    body: dict[str, str] = document()
