"""What has come back to a patient."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.ledger import GIVEN
from models import LedgerIntent


async def refunded_of(session: AsyncSession, appointment_id: UUID) -> int:
    """In minor units of the price."""
    paid_back = select(col(LedgerIntent.amount)).where(
        col(LedgerIntent.appointment_id) == appointment_id,
        col(LedgerIntent.kind) == "refund",
        col(LedgerIntent.status).in_(GIVEN),
    )
    return sum(await session.scalars(paid_back))
