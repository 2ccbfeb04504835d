"""Money: what is meant to move (intents), what has moved (double entry, append-only), and at whose vendor account."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from models.base import TenantRow, document, moment, now_utc


class PaymentCustomer(TenantRow, table=True):
    """The vendor's name for a patient."""

    __tablename__ = "payment_customer"
    __table_args__ = (UniqueConstraint("patient_id"),)

    patient_id: UUID = Field(foreign_key="patient.id")
    vendor_customer: str


class LedgerIntent(TenantRow, table=True):
    """An instruction to move money, written before the vendor is called.

    `key` is unique for ever; `status` intended, pending (customer acts), succeeded, declined, canceled or parked;
    what was parked is settled once somebody, `settled_by`, has said in what `way` the patient got it.
    """

    __tablename__ = "ledger_intent"
    __table_args__ = (
        UniqueConstraint("organization_id", "key"),
        Index("ledger_intent_vendor", "vendor_reference"),
        Index("ledger_intent_parked", "organization_id", postgresql_where=text("status = 'parked'")),
    )

    key: str
    kind: str
    patient_id: UUID = Field(foreign_key="patient.id", index=True)
    appointment_id: UUID = Field(foreign_key="appointment.id", index=True)
    amount: int
    currency: str
    status: str = "intended"
    generation: int = 0
    """How many keys the vendor has answered with a failure it keeps repeating."""
    payment_method: str = ""
    vendor_reference: str = ""
    """The payment intent or refund."""
    vendor_checkout: str = ""
    action_url: str = ""
    reason: str = ""
    way: str = ""
    reference: str = ""
    """What finds a refund given another way in the books of whoever carried it."""
    settled_by: UUID | None = Field(default=None, foreign_key="person.id")
    rule: dict[str, Any] = document()
    created_at: datetime = now_utc()
    settled_at: datetime | None = moment(optional=True)


class LedgerEntry(TenantRow, table=True):
    """One balanced posting; what it corrects stays as it is."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("organization_id", "key"),
        Index("ledger_entry_of_organization", "organization_id", "posted_at"),
    )

    organization_id: UUID = Field(foreign_key="organization.id")
    key: str
    intent_id: UUID | None = Field(default=None, foreign_key="ledger_intent.id", index=True)
    kind: str
    posted_at: datetime = now_utc()


class LedgerLine(TenantRow, table=True):
    """Debits positive, credits negative; an entry's lines sum to zero per currency."""

    __tablename__ = "ledger_line"

    entry_id: UUID = Field(foreign_key="ledger_entry.id", index=True)
    account: str
    patient_id: UUID | None = None
    appointment_id: UUID | None = Field(default=None, index=True)
    amount: int
    currency: str
    rule_version: str
