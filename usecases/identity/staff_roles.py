"""What an operator may do beyond the memberships of their own: lent roles, and roles the organization has made."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.access.roles import role
from models import CustomRole, Delegation, Membership


async def lent_to(session: AsyncSession, organization_id: UUID, person_id: UUID, now: datetime) -> frozenset[str]:
    """Roles colleagues have handed over for a while; a loan ends with the lender's own membership."""
    query = (
        select(col(Delegation.role))
        .join(
            Membership,
            (col(Membership.person_id) == col(Delegation.from_person_id))
            & (col(Membership.organization_id) == col(Delegation.organization_id))
            & (col(Membership.role) == col(Delegation.role))
            & (col(Membership.status) == "active"),
        )
        .where(col(Delegation.organization_id) == organization_id, col(Delegation.to_person_id) == person_id)
        .where(col(Delegation.ended_at).is_(None), col(Delegation.starts_at) <= now, col(Delegation.until) > now)
    )
    return frozenset((await session.scalars(query)).all())


async def granted_by(session: AsyncSession, organization_id: UUID, roles: Iterable[str]) -> frozenset[str]:
    """What the organization's own roles among `roles` allow."""
    own = [key for key in roles if role("organization", key) is None]
    if not own:
        return frozenset()
    query = (
        select(col(CustomRole.permissions))
        .where(col(CustomRole.organization_id) == organization_id, col(CustomRole.key).in_(own))
        .where(col(CustomRole.status) == "active")
    )
    return frozenset(name for permissions in await session.scalars(query) for name in permissions)
