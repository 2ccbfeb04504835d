"""Messages to people: templates, what was sent and became of it, preferences, suppression."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from models.base import Row, TenantRow, document, moment, now_utc, words


class MessageTemplate(TenantRow, table=True):
    """`brand_id` None: for all brands of the organization. Variables are checked when the pack is loaded."""

    __tablename__ = "message_template"
    __table_args__ = (UniqueConstraint("organization_id", "brand_id", "key", "channel", "locale", "version"),)

    brand_id: UUID | None = Field(default=None, foreign_key="brand.id")
    key: str
    channel: str
    locale: str
    version: int = 1
    subject: str = ""
    body: str


class Message(TenantRow, table=True):
    """`key` makes it once only; `status` queued, sending, sent, delivered, failed or suppressed never goes back."""

    __table_args__ = (
        UniqueConstraint("organization_id", "key"),
        Index("message_of_organization", "organization_id", "created_at"),
        Index("message_by_status", "organization_id", "status", "created_at"),
    )

    organization_id: UUID = Field(foreign_key="organization.id")
    brand_id: UUID | None = Field(default=None, foreign_key="brand.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    appointment_id: UUID | None = Field(default=None, index=True)
    journey_id: UUID | None = Field(default=None, index=True)
    key: str
    template: str
    category: str
    channel: str
    locale: str
    status: str = "queued"
    reason: str = ""
    vendor_reference: str = ""
    created_at: datetime = now_utc()
    sent_at: datetime | None = moment(optional=True)
    updated_at: datetime = now_utc()


class Preference(Row, table=True):
    """Which channels a person wants for a category; no row: e-mail."""

    __table_args__ = (UniqueConstraint("person_id", "category"),)

    person_id: UUID = Field(foreign_key="person.id", index=True)
    category: str
    channels: list[str] = words()
    changed_at: datetime = now_utc()


class Suppression(Row, table=True):
    """An address that must not be written to: STOP, bounce, spam report; `since` is when that was heard last."""

    __table_args__ = (UniqueConstraint("channel", "address"),)

    channel: str
    address: str
    reason: str
    since: datetime = now_utc()


class WebhookEvent(Row, table=True):
    """A vendor's event: verified, stored once, then handled.

    `payload` is what that needs; addresses leave it then. `tried_at` is when somebody last began to.
    """

    __tablename__ = "webhook_event"
    __table_args__ = (
        UniqueConstraint("vendor", "event_id"),
        Index("webhook_event_left_over", "tried_at", postgresql_where=text("handled_at is null")),
    )

    vendor: str
    event_id: str
    kind: str
    payload: dict[str, Any] = document()
    received_at: datetime = now_utc()
    tried_at: datetime | None = moment(optional=True)
    handled_at: datetime | None = moment(optional=True)
    outcome: str = ""
