"""Appointments. Two exclusion constraints (in the first migration) decide every race: a specialist and a patient
are in one place at a time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlmodel import Field
from sqlmodel._compat import SQLModelConfig

from models.base import TenantRow, document, moment, now_utc


class Appointment(TenantRow, table=True):
    """`blocked` is the specialist's time with buffers, `starts_at`..`ends_at` the session itself. `jurisdiction`: where
    the patient was at booking, of a session in person where it takes place; `location_id` is that place, as booked.
    """

    model_config = SQLModelConfig(arbitrary_types_allowed=True)

    __table_args__ = (
        Index(
            "appointment_of_organization",
            "organization_id",
            "starts_at",
            postgresql_include=["id", "status", "ends_at", "hold_until"],
        ),
        Index("appointment_of_specialist", "specialist_id", "starts_at"),
        Index("appointment_of_patient", "patient_id", "starts_at"),
    )

    organization_id: UUID = Field(foreign_key="organization.id")
    brand_id: UUID = Field(foreign_key="brand.id")
    patient_id: UUID = Field(foreign_key="patient.id")
    specialist_id: UUID = Field(foreign_key="specialist.id")
    appointment_type_id: UUID = Field(foreign_key="appointment_type.id")
    journey_id: UUID | None = Field(default=None, index=True)
    status: str = "held"
    starts_at: datetime = moment()
    ends_at: datetime = moment()
    blocked: Range[datetime] = Field(sa_column=Column(TSTZRANGE, nullable=False))
    amount: int
    currency: str
    terms: dict[str, Any] = document()
    modality: str = "video"
    location_id: UUID | None = Field(default=None, foreign_key="location.id")
    jurisdiction: str = ""
    hold_until: datetime = moment()
    paid: bool = False
    fee: int = 0
    moves: int = 0
    cancelled_by: str = ""
    late: bool = False
    absent: str = ""
    patient_arrived: bool = False
    specialist_arrived: bool = False
    waits_for: str = "patient"
    until: datetime | None = moment(optional=True)
    then: str = ""
    version: int = 0
    booked_at: datetime = now_utc()


class PlaceStatement(TenantRow, table=True):
    """Where a patient said to be before a session, kept as it was said. `person_id` said it: the patient or a guardian,
    or to the specialist on the phone, who wrote it down.

    `may_be_treated`: the specialist was licensed there that day.
    """

    __tablename__ = "place_statement"
    __table_args__ = (Index("place_of_appointment", "appointment_id", "at"),)

    appointment_id: UUID = Field(foreign_key="appointment.id")
    patient_id: UUID
    specialist_id: UUID
    person_id: UUID
    jurisdiction: str
    may_be_treated: bool
    at: datetime = moment()


class AppointmentEntry(TenantRow, table=True):
    """One line of an appointment's story."""

    __tablename__ = "appointment_entry"
    __table_args__ = (UniqueConstraint("appointment_id", "version"),)

    appointment_id: UUID = Field(foreign_key="appointment.id", index=True)
    patient_id: UUID
    specialist_id: UUID
    version: int
    at: datetime = moment()
    what: str
    by: str
