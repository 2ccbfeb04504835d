"""Who of an organization holds a role, by their own membership or lent, as `usecases/identity/seats.py` seats them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from domain.access.roles import AFFILIATES
from models.authority import CustomRole, Delegation
from models.person import Membership, Person

Lender = aliased(Membership)


def holders(organization_id: UUID, roles: Collection[str], permission: str | None, now: datetime) -> Select[Person]:
    """Everybody who holds one of `roles`, or a role of the organization's own that allows `permission`.

    A loan ends with the lender's own membership, and lends to nobody who has left.
    """
    own = select(col(CustomRole.key)).where(
        col(CustomRole.organization_id) == organization_id,
        col(CustomRole.status) == "active",
        col(CustomRole.permissions).contains([permission]),
    )
    members = select(col(Membership.person_id)).where(
        col(Membership.organization_id) == organization_id, col(Membership.status) == "active"
    )
    held = members.where(or_(col(Membership.role).in_(roles), col(Membership.role).in_(own)))
    lent = (
        select(col(Delegation.to_person_id))
        .join(Lender, _lends())
        .where(col(Delegation.organization_id) == organization_id, *_lasts(now))
        .where(or_(col(Delegation.role).in_(roles), col(Delegation.role).in_(own)))
        .where(col(Delegation.to_person_id).in_(members.where(col(Membership.role).not_in(AFFILIATES))))
    )
    return select(Person).where(or_(col(Person.id).in_(held), col(Person.id).in_(lent)))


def _lends() -> ColumnElement[bool]:
    return and_(
        col(Lender.organization_id) == col(Delegation.organization_id),
        col(Lender.person_id) == col(Delegation.from_person_id),
        col(Lender.role) == col(Delegation.role),
        col(Lender.status) == "active",
    )


def _lasts(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(Delegation.ended_at).is_(None), col(Delegation.starts_at) <= now, col(Delegation.until) > now
