"""People who can sign in, what they are to organizations, and their open sign-ins."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from models.base import Row, TenantRow, document, moment, now_utc


class Person(Row, table=True):
    """`brand_id` binds a patient's account to one brand; staff have none and one account for all organizations."""

    __table_args__ = (
        Index("person_email_of_brand", "brand_id", text("lower(email)"), unique=True),
        Index("person_by_name", "family_name", "given_name"),
        Index("person_email_of_staff", text("lower(email)"), unique=True, postgresql_where=text("brand_id is null")),
    )

    brand_id: UUID | None = Field(default=None, foreign_key="brand.id", index=True)
    email: str
    email_verified_at: datetime | None = moment(optional=True)
    password_hash: str
    given_name: str
    family_name: str
    locale: str = "en"
    time_zone: str = "UTC"
    phone: str = ""
    status: str = "active"
    created_at: datetime = now_utc()

    @property
    def full_name(self) -> str:
        """As `usecases.listing.full_name` has it."""
        return f"{self.given_name} {self.family_name}".strip()


class Membership(TenantRow, table=True):
    """A staff person's roles in one organization."""

    __table_args__ = (UniqueConstraint("organization_id", "person_id", "role"),)

    person_id: UUID = Field(foreign_key="person.id", index=True)
    role: str
    status: str = "active"


class SignInSession(Row, table=True):
    """`token_hash` is SHA-256 of what the browser or client holds; `seat_id` whom or what the person acts for.

    `seen_at` is when it was used last, to the minute; `confirmed_at` when the person last showed who they are.
    """

    __tablename__ = "sign_in_session"

    token_hash: str = Field(unique=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    portal: str
    kind: str = "cookie"
    seat_id: UUID | None = None
    user_agent: str = ""
    created_at: datetime = now_utc()
    seen_at: datetime = now_utc()
    confirmed_at: datetime = now_utc()
    expires_at: datetime = moment()


class OneTimeToken(Row, table=True):
    """A link in an e-mail: `purpose` verify (an address), reset (a password) or invite (to an organization)."""

    __tablename__ = "one_time_token"

    token_hash: str = Field(unique=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    purpose: str
    organization_id: UUID | None = None
    created_at: datetime = now_utc()
    expires_at: datetime = moment()
    used_at: datetime | None = moment(optional=True)


class RateWindow(Row, table=True):
    """How often `key` was used in the window that began at `started_at`."""

    __tablename__ = "rate_window"

    key: str = Field(unique=True)
    started_at: datetime = now_utc()
    uses: int = 1


class PersonChange(Row, table=True):
    """One line per change of a profile: which fields, never their values."""

    __tablename__ = "person_change"

    person_id: UUID = Field(foreign_key="person.id", index=True)
    changed_by: UUID
    at: datetime = now_utc()
    fields: dict[str, Any] = document()
