"""What somebody may do beyond the roles every organization has: its own roles, lent roles, acting for somebody else."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from models.base import Row, TenantRow, moment, now_utc, words


class CustomRole(TenantRow, table=True):
    """A role an organization has made: proposed by one person, active when another has agreed, or retired."""

    __tablename__ = "custom_role"
    __table_args__ = (
        UniqueConstraint("organization_id", "key"),
        Index(
            "custom_role_of_a_name",
            "organization_id",
            text("lower(title)"),
            unique=True,
            postgresql_where=text("status <> 'retired'"),
        ),
    )

    key: str
    title: str
    permissions: list[str] = words()
    status: str = "proposed"
    made_by: UUID
    made_at: datetime = now_utc()
    approved_by: UUID | None = None
    approved_at: datetime | None = moment(optional=True)


class Delegation(TenantRow, table=True):
    """One person's role, lent to another until `until`; `ended_at` when it was taken back before.

    One that has run out still has no `ended_at`, until the same role is lent again.
    """

    __table_args__ = (
        Index(
            "delegation_of_a_role",
            "organization_id",
            "from_person_id",
            "to_person_id",
            "role",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
    )

    from_person_id: UUID = Field(foreign_key="person.id", index=True)
    to_person_id: UUID = Field(foreign_key="person.id", index=True)
    role: str
    reason: str
    starts_at: datetime = moment()
    until: datetime = moment()
    ended_at: datetime | None = moment(optional=True)


class Guardianship(TenantRow, table=True):
    """`person_id` acts for `patient_id`, for good when `until` is None; ended as a loan is."""

    __table_args__ = (
        Index(
            "guardianship_of_a_patient",
            "patient_id",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
    )

    patient_id: UUID = Field(foreign_key="patient.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    relation: str
    made_by: UUID
    starts_at: datetime = now_utc()
    until: datetime | None = moment(optional=True)
    ended_at: datetime | None = moment(optional=True)


class Assistance(Row, table=True):
    """`person_id` assists or supervises `specialist_id` until `until`; given by the specialist, ended as a loan is."""

    __table_args__ = (
        Index(
            "assistance_of_a_specialist",
            "specialist_id",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
    )

    specialist_id: UUID = Field(foreign_key="specialist.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    role: str
    starts_at: datetime = now_utc()
    until: datetime = moment()
    ended_at: datetime | None = moment(optional=True)
