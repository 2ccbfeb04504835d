"""The organization's roles: those every organization has, and its own, to which a second person agrees."""

import json
import re
import unicodedata
from uuid import UUID, uuid4

from pydantic import Field
from sqlalchemy import Select, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.access.duties import check_gives, check_known, check_second_person, needs_agreement
from domain.access.roles import ROLES, permissions_of, role
from domain.actors import House, Operator
from domain.refusals import InvalidInput, NotFound, NotInThisState
from models import CustomRole, Delegation, Membership
from models.base import values_of
from usecases.context import Context
from usecases.permission import may, needs
from usecases.views import Command, Line, View

COMMON = tuple(each for each in ROLES if each.portal == "organization")
"""What every organization has."""
TO_GIVE = """
(select coalesce(json_object_agg(key, title order by made_at), '{}')::text
from custom_role where organization_id = $2 and status = 'active')
"""


class ProposeRole(Command):
    """A role of the organization's own; `permissions` by their names."""

    title: Line = Field(min_length=3, max_length=60)
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
    every = [_common(each.key, each.purpose, members) for each in COMMON]
    return (*every, *made)


@needs("role:manage")
async def propose_role(context: Context, operator: Operator, command: ProposeRole) -> UUID:
    """Active at once, unless it holds something sensitive: then a second person has to agree.

    Raises `InvalidInput` for unknown permissions and the title of a role that lives, `MoreThanYouHold`.
    """
    check_known(command.permissions)
    check_gives(operator.permissions, command.permissions)
    role_id = uuid4()
    made = CustomRole(
        id=role_id,
        organization_id=operator.organization_id,
        key=f"{slug(command.title) or 'role'}-{role_id.hex[:8]}",
        title=command.title,
        permissions=sorted(set(command.permissions)),
        status="proposed" if needs_agreement(command.permissions) else "active",
        made_by=operator.person_id,
        made_at=context.now(),
    )
    kept = insert(CustomRole).values(values_of(made)).on_conflict_do_nothing().returning(col(CustomRole.id))
    async with context.database.transaction(operator) as session:
        if role("organization", slug(command.title)) or await session.scalar(kept) is None:
            raise InvalidInput({"title": "There is a role of this name already."})
    return role_id


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
    """Whoever holds it, was invited to it or was lent it has it no longer; its title is free again."""
    async with context.database.transaction(House()) as session:
        row = await _role_row(session, operator, role_id)
        row.status = "retired"
        given = (col(Membership.organization_id) == operator.organization_id, col(Membership.role) == row.key)
        await session.execute(update(Membership).where(*given).values(status="ended"))
        lent = (col(Delegation.organization_id) == operator.organization_id, col(Delegation.role) == row.key)
        lasting = update(Delegation).where(*lent, col(Delegation.ended_at).is_(None))
        await session.execute(lasting.values(ended_at=context.now()))


@needs("staff:read")
async def own_to_give(context: Context, operator: Operator) -> dict[str, str]:
    """Key -> title of the roles of the organization's own that somebody may hold now, the oldest first."""
    found: dict[str, str] = json.loads(await context.database.value(operator, TO_GIVE, operator.organization_id))
    return found


async def own_titles(context: Context, operator: Operator) -> dict[str, str]:
    """Key -> title of every role the organization has made, retired ones too: the audit names those who held them."""
    async with context.database.transaction(operator) as session:
        return {row.key: row.title for row in await session.scalars(_own(operator))}


def slug(title: str) -> str:
    """The Latin letters and digits of a title in any script, for people who read keys; "" when it has none."""
    latin = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", latin)[:40].strip("-")


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
