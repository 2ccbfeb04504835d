"""The organization's roles: those every organization has, and its own, to which a second person agrees."""

import re
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.access.duties import check_gives, check_known, check_second_person, needs_agreement
from domain.access.roles import ROLES, permissions_of, role
from domain.actors import Operator
from domain.refusals import InvalidInput, NotFound, NotInThisState
from models import CustomRole, Membership
from usecases.context import Context
from usecases.permission import may, needs
from usecases.views import Command, View


class ProposeRole(Command):
    """A role of the organization's own; `permissions` by their names."""

    title: str = Field(min_length=3, max_length=60)
    permissions: tuple[str, ...] = Field(min_length=1)


class RoleView(View):
    """`id` None: a role every organization has. `members` counts who holds it now."""

    id: UUID | None
    key: str
    title: str
    purpose: str
    status: str
    permissions: tuple[str, ...]
    members: int
    may_approve: bool


@needs("staff:read")
async def roles(context: Context, operator: Operator) -> tuple[RoleView, ...]:
    async with context.database.transaction(operator) as session:
        members = await _members(session, operator)
        own = await session.scalars(_own(operator).order_by(col(CustomRole.made_at)))
        made = [_custom(row, members, operator) for row in own]
    every = [_common(each.key, each.purpose, members) for each in ROLES if each.portal == "organization"]
    return (*every, *made)


@needs("role:manage")
async def propose_role(context: Context, operator: Operator, command: ProposeRole) -> UUID:
    """Active at once, unless it holds something sensitive: then a second person has to agree.

    Raises `InvalidInput` for unknown permissions and a title in use, `MoreThanYouHold`.
    """
    check_known(command.permissions)
    check_gives(operator.permissions, command.permissions)
    key = re.sub(r"[^a-z0-9]+", "-", command.title.lower()).strip("-")
    made = CustomRole(
        organization_id=operator.organization_id,
        key=key,
        title=command.title,
        permissions=sorted(set(command.permissions)),
        status="proposed" if needs_agreement(command.permissions) else "active",
        made_by=operator.person_id,
        made_at=context.now(),
    )
    async with context.database.transaction(operator) as session:
        taken = await session.scalar(_own(operator).where(col(CustomRole.key) == key))
        if not key or taken or role("organization", key):
            raise InvalidInput({"title": "There is a role of this name already."})
        session.add(made)
    return made.id


@needs("role:approve", of="role")
async def approve_role(context: Context, operator: Operator, role_id: UUID) -> None:
    """Raises `SecondPersonNeeded` to whoever made it, `NotInThisState` unless it waits for agreement."""
    async with context.database.transaction(operator) as session:
        row = await _role_row(session, operator, role_id)
        check_second_person(row.made_by, operator.person_id)
        if row.status != "proposed":
            raise NotInThisState
        row.status, row.approved_by, row.approved_at = "active", operator.person_id, context.now()


@needs("role:manage", of="role", act="role:retire")
async def retire_role(context: Context, operator: Operator, role_id: UUID) -> None:
    """Whoever holds it loses what it allowed at once."""
    async with context.database.transaction(operator) as session:
        (await _role_row(session, operator, role_id)).status = "retired"


async def permissions_in(session: AsyncSession, operator: Operator, key: str, field: str = "role") -> frozenset[str]:
    """What the role of this key allows. Raises `InvalidInput` at `field` for one that nobody may be given."""
    if role("organization", key):
        return permissions_of("organization", key)
    own = await session.scalar(_own(operator).where(col(CustomRole.key) == key, col(CustomRole.status) == "active"))
    if own is None:
        raise InvalidInput({field: "Choose one of the roles shown."})
    return frozenset(own.permissions)


async def _role_row(session: AsyncSession, operator: Operator, role_id: UUID) -> CustomRole:
    row = await session.scalar(_own(operator).where(col(CustomRole.id) == role_id).with_for_update())
    if row is None:
        raise NotFound
    return row


async def _members(session: AsyncSession, operator: Operator) -> dict[str, int]:
    held = select(col(Membership.role), col(Membership.person_id)).where(
        col(Membership.organization_id) == operator.organization_id, col(Membership.status) == "active"
    )
    counted: dict[str, int] = {}
    for key, _ in await session.execute(held):
        counted[key] = counted.get(key, 0) + 1
    return counted


def _own(operator: Operator) -> Select[CustomRole]:
    return select(CustomRole).where(col(CustomRole.organization_id) == operator.organization_id)


def _common(key: str, purpose: str, members: dict[str, int]) -> RoleView:
    allowed = tuple(sorted(permissions_of("organization", key)))
    return RoleView(
        id=None,
        key=key,
        title="",
        purpose=purpose,
        status="active",
        permissions=allowed,
        members=members.get(key, 0),
        may_approve=False,
    )


def _custom(row: CustomRole, members: dict[str, int], operator: Operator) -> RoleView:
    waits = row.status == "proposed" and row.made_by != operator.person_id
    return RoleView(
        id=row.id,
        key=row.key,
        title=row.title,
        purpose="",
        status=row.status,
        permissions=tuple(row.permissions),
        members=members.get(row.key, 0),
        may_approve=waits and may(operator, "role:approve"),
    )
