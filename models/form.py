"""Questionnaires as FHIR R4 resources, and what patients answered."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.base import TenantRow, document, moment, now_utc


class Questionnaire(TenantRow, table=True):
    """`resource` is a FHIR R4 Questionnaire in one language; one form has the same key and version in every locale."""

    __table_args__ = (UniqueConstraint("organization_id", "key", "version", "locale"),)

    key: str
    version: int = 1
    locale: str
    title: str
    resource: dict[str, Any] = document()


class QuestionnaireResponse(TenantRow, table=True):
    """FHIR status in-progress, completed or amended. `answers`: linkId -> code or text."""

    __tablename__ = "questionnaire_response"

    patient_id: UUID = Field(foreign_key="patient.id", index=True)
    journey_id: UUID | None = Field(default=None, index=True)
    step: str = ""
    questionnaire_key: str
    questionnaire_version: int
    locale: str
    status: str = "in-progress"
    answers: dict[str, Any] = document()
    score: int | None = None
    band: str = ""
    flags: list[str] = document(many=True)
    started_at: datetime = now_utc()
    completed_at: datetime | None = moment(optional=True)


def response_id(journey_id: UUID, step: str, since: datetime) -> UUID:
    """Of the one response to the form a journey has waited for at `step` since then."""
    return uuid5(journey_id, f"form/{step}/{since}")
