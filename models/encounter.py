"""What happens in and after a session: the room's signals and the specialist's notes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import TenantRow, document, moment, now_utc


class Note(TenantRow, table=True):
    """A draft may change; a signed version never does; an amendment is the next version."""

    __table_args__ = (UniqueConstraint("appointment_id", "version"),)

    appointment_id: UUID = Field(foreign_key="appointment.id", index=True)
    patient_id: UUID = Field(foreign_key="patient.id", index=True)
    specialist_id: UUID = Field(foreign_key="specialist.id", index=True)
    version: int = 1
    status: str = "draft"
    body: dict[str, Any] = document()
    reason: str = ""
    """Why a signed note was amended."""
    written_at: datetime = now_utc()
    signed_at: datetime | None = moment(optional=True)
    body_hash: str = ""


class RoomPeer(TenantRow, table=True):
    """Who is in a session room now; `seen_at` goes stale when a browser is gone."""

    __tablename__ = "room_peer"
    __table_args__ = (UniqueConstraint("appointment_id", "peer"),)

    appointment_id: UUID = Field(foreign_key="appointment.id", index=True)
    peer: str
    party: str
    seen_at: datetime = now_utc()


class RoomSignal(SQLModel, table=True):
    """A WebRTC signal from one peer of a room to the other, in order of `id`."""

    __tablename__ = "room_signal"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    organization_id: UUID = Field(foreign_key="organization.id")
    appointment_id: UUID = Field(foreign_key="appointment.id", index=True)
    peer: str
    body: dict[str, Any] = document()
    sent_at: datetime = now_utc()
