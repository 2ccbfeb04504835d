"""The one way into the ledger: balanced entries, each key posted once.

The lines of an entry go in by one statement: a trigger refuses a statement whose entries do not sum to zero.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.ledger import Line
from models.base import values_of
from models.ledger import LedgerEntry, LedgerLine


async def post(
    session: AsyncSession, organization_id: UUID, key: str, kind: str, lines: Sequence[Line], intent_id: UUID | None
) -> bool:
    """Post `lines` (which sum to zero) under `key`; False when that key has been posted before."""
    entry = LedgerEntry(organization_id=organization_id, key=key, kind=kind, intent_id=intent_id)
    new = insert(LedgerEntry).values(values_of(entry)).on_conflict_do_nothing().returning(col(LedgerEntry.id))
    if await session.scalar(new) is None:
        return False
    rows = [
        LedgerLine(
            organization_id=organization_id,
            entry_id=entry.id,
            account=line.account,
            amount=line.amount.amount,
            currency=line.amount.currency,
            rule_version=line.rule_version,
            patient_id=line.patient_id,
            appointment_id=line.appointment_id,
        )
        for line in lines
    ]
    await session.execute(insert(LedgerLine).values([values_of(row) for row in rows]))
    return True
