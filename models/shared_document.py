"""Documents patients hand over to those who treat them."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from models.base import TenantRow, moment, now_utc


class SharedDocument(TenantRow, table=True):
    """For the care team of the organization, or for `specialist_id` alone; after `expires_at` for the patient only.

    `content` is encrypted with `data_key_id`, the patient's own key; `size` is that of what it encrypts.
    """

    __tablename__ = "shared_document"

    patient_id: UUID = Field(foreign_key="patient.id", index=True)
    specialist_id: UUID | None = Field(default=None, foreign_key="specialist.id", index=True)
    shared_by: UUID
    shared_at: datetime = now_utc()
    expires_at: datetime = moment()
    title: str
    media_type: str
    size: int
    data_key_id: UUID = Field(foreign_key="data_key.id")
    content: bytes
