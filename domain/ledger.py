"""Double entry for sessions: debits positive, credits negative, every entry sums to zero."""

from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from domain.money import Money

CARD_VENDOR = "card-vendor"
"""Asset: what the payment vendor holds for the organization."""
PREPAID = "prepaid-sessions"
"""Liability: paid for, not yet decided by a session, a refund or a fee."""
FEES = "cancellation-fees"
"""Income: what the terms let the organization keep."""
BANK = "bank"
"""Asset: the organization's own account, from which it pays what the card vendor would not."""
MONEY = (CARD_VENDOR, BANK)
"""Where money comes in and goes out: whatever moves has one line at one of them."""
OPEN = ("intended", "pending")
"""How a charge stands of which nobody knows yet whether it goes through."""
GIVEN = ("succeeded", "settled")
"""How a refund stands that the patient has got: by the engine, or by somebody who said how."""

Way = Literal["desk", "transfer"]
"""How somebody gave a refund that the engine could not: at the card vendor's own desk, or by bank transfer."""
PAID_FROM: dict[Way, str] = {"desk": CARD_VENDOR, "transfer": BANK}


@dataclass(frozen=True)
class Line:
    account: str
    amount: Money
    rule_version: str
    patient_id: UUID
    appointment_id: UUID


def charge_key(appointment_id: UUID, attempt: str) -> str:
    """Of the ledger intent: one attempt is one charge."""
    return f"charge/{appointment_id}/{attempt}"


def charge_lines(amount: Money, rule_version: str, patient_id: UUID, appointment_id: UUID) -> list[Line]:
    return [
        Line(CARD_VENDOR, amount, rule_version, patient_id, appointment_id),
        Line(PREPAID, -amount, rule_version, patient_id, appointment_id),
    ]


def refund_lines(
    amount: Money, rule_version: str, patient_id: UUID, appointment_id: UUID, paid_from: str = CARD_VENDOR
) -> list[Line]:
    return [
        Line(PREPAID, amount, rule_version, patient_id, appointment_id),
        Line(paid_from, -amount, rule_version, patient_id, appointment_id),
    ]


def fee_lines(amount: Money, rule_version: str, patient_id: UUID, appointment_id: UUID) -> list[Line]:
    return [
        Line(PREPAID, amount, rule_version, patient_id, appointment_id),
        Line(FEES, -amount, rule_version, patient_id, appointment_id),
    ]


def returned_lines(amount: Money, rule_version: str, patient_id: UUID, appointment_id: UUID) -> list[Line]:
    """A refund that came back: as if it had never been given."""
    given = refund_lines(amount, rule_version, patient_id, appointment_id)
    return [replace(line, amount=-line.amount) for line in given]
