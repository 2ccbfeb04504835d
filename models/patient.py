"""Patients of an organization under one of its brands, and their consents."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from models.base import TenantRow, document, moment, now_utc


class Patient(TenantRow, table=True):
    """`jurisdiction` is where the patient is ("US-MA", "DE"); it decides who may treat."""

    __table_args__ = (
        UniqueConstraint("organization_id", "person_id"),
        Index("patient_by_creation", "organization_id", "created_at"),
    )

    organization_id: UUID = Field(foreign_key="organization.id")
    brand_id: UUID = Field(foreign_key="brand.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    birth_date: date | None = None
    gender: str = "unknown"
    jurisdiction: str = ""
    address: dict[str, Any] = document()
    emergency_contact: dict[str, Any] = document()
    source: str = "registration"
    created_at: datetime = now_utc()
    version: int = 1


class ConsentText(TenantRow, table=True):
    """What is consented to, by kind, locale and version."""

    __tablename__ = "consent_text"
    __table_args__ = (UniqueConstraint("organization_id", "kind", "locale", "version"),)

    kind: str
    locale: str
    version: int = 1
    title: str
    body: str
    body_hash: str
    required: bool = True
    position: int = 0


class Consent(TenantRow, table=True):
    """Given once, perhaps withdrawn; FHIR status active or inactive."""

    patient_id: UUID = Field(foreign_key="patient.id", index=True)
    kind: str
    locale: str
    version: int
    body_hash: str
    channel: str
    status: str = "active"
    given_by: UUID
    given_at: datetime = now_utc()
    withdrawn_at: datetime | None = moment(optional=True)
