"""Specialists, the organizations that engage them, their licences, and when they work."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from models.base import Row, TenantRow, document, moment, now_utc, words


class Specialist(Row, table=True):
    """One profile and one calendar for all organizations; wall times are in `time_zone`."""

    person_id: UUID = Field(foreign_key="person.id", unique=True)
    display_name: str
    title: dict[str, str] = document()
    profession: str
    specialities: list[str] = words()
    languages: list[str] = words()
    biography: dict[str, str] = document()
    time_zone: str
    npi: str = ""


class Licence(Row, table=True):
    """May practise in `jurisdiction` until `expires_on`."""

    specialist_id: UUID = Field(foreign_key="specialist.id", index=True)
    jurisdiction: str
    number: str
    expires_on: date


class Engagement(TenantRow, table=True):
    """The terms under which a specialist works for an organization."""

    specialist_id: UUID = Field(foreign_key="specialist.id", index=True)
    status: str = "active"
    effective_from: date
    effective_until: date | None = None
    appointment_types: list[str] = words()
    """Keys; empty: all."""
    terms: dict[str, Any] = document()
    version: int = 1


class WorkingHours(Row, table=True):
    """A weekly span in the specialist's zone, minutes of the local day; `kind` hours or break."""

    __tablename__ = "working_hours"

    specialist_id: UUID = Field(foreign_key="specialist.id", index=True)
    weekday: int
    starts: int
    ends: int
    kind: str = "hours"
    slot_class: str = "any"
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id")


class CalendarException(Row, table=True):
    """One-off time: `kind` closed (holiday, time off) or extra (open although the week says no).

    Extra hours are for a class of appointments and one organization, or all, as the weekly ones are.
    """

    __tablename__ = "calendar_exception"
    __table_args__ = (Index("calendar_exception_span", "specialist_id", "starts_at", "ends_at"),)

    specialist_id: UUID = Field(foreign_key="specialist.id")
    kind: str
    starts_at: datetime = moment()
    ends_at: datetime = moment()
    label: str = ""
    slot_class: str = "any"
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id")
    created_at: datetime = now_utc()
