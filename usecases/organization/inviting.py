"""Inviting colleagues and partners, sending the link again, and taking an invitation back."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.access.duties import check_gives
from domain.access.roles import AFFILIATES
from domain.actors import Operator
from domain.refusals import NotFound
from models import Membership
from usecases.context import Context
from usecases.identity.invitations import Invite, invite, send_again, withdraw
from usecases.organization.roles import permissions_in
from usecases.permission import needs


@needs("staff:manage", act="")
async def invite_colleague(context: Context, operator: Operator, command: Invite) -> UUID:
    """The id of whoever is invited. Raises `InvalidInput` for roles unknown or held already, `MoreThanYouHold`."""
    async with context.database.transaction(operator) as session:
        await _check_gives(session, operator, command.roles)
    return await invite(context, operator, command)


@needs("staff:manage", of="person", act="invitation:send")
async def send_invitation_again(context: Context, operator: Operator, person_id: UUID) -> None:
    """The link sent before opens nothing any more. Raises `NotFound` for nobody invited, `MoreThanYouHold`."""
    waiting = select(col(Membership.role)).where(
        col(Membership.organization_id) == operator.organization_id,
        col(Membership.person_id) == person_id,
        col(Membership.status) == "invited",
    )
    async with context.database.transaction(operator) as session:
        roles = (await session.scalars(waiting)).all()
        if not roles:
            raise NotFound
        await _check_gives(session, operator, roles)
    await send_again(context, operator, person_id, roles)


@needs("staff:manage", of="person", act="invitation:withdraw")
async def withdraw_invitation(context: Context, operator: Operator, person_id: UUID) -> None:
    """What was sent opens nothing any more. Raises `NotFound` for nobody invited."""
    await withdraw(context, operator, person_id)


async def _check_gives(session: AsyncSession, operator: Operator, roles: Iterable[str]) -> None:
    for role in roles:
        if role not in AFFILIATES:
            check_gives(operator.permissions, await permissions_in(session, operator, role, "roles"))
