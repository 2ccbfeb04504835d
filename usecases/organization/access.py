"""The access matrix as the organization's people read it: every act of every portal, and the roles that hold it."""

from sqlalchemy import select
from sqlmodel import col

from domain.access.permissions import CATALOGUE, PORTALS, Portal
from domain.access.roles import ROLES
from domain.actors import Operator
from models import CustomRole
from usecases.context import Context
from usecases.permission import needs
from usecases.views import View


class Act(View):
    """`held` are the keys of the roles that hold it."""

    name: str
    does: str
    relation: str
    clinical: bool
    sensitive: bool
    held: frozenset[str]


class PortalMatrix(View):
    """One portal: the roles are the columns, the acts the lines."""

    portal: Portal
    roles: tuple[str, ...]
    acts: tuple[Act, ...]


@needs("access:read")
async def access_matrix(context: Context, operator: Operator) -> tuple[PortalMatrix, ...]:
    """With the organization's own active roles among those of its portal."""
    own = select(CustomRole).where(
        col(CustomRole.organization_id) == operator.organization_id, col(CustomRole.status) == "active"
    )
    async with context.database.transaction(operator) as session:
        custom = {row.key: frozenset(row.permissions) for row in await session.scalars(own.order_by(CustomRole.key))}
    return tuple(matrix_of(portal, custom if portal == "organization" else {}) for portal in PORTALS)


def matrix_of(portal: Portal, custom: dict[str, frozenset[str]]) -> PortalMatrix:
    roles = {each.key: each.permissions for each in ROLES if each.portal == portal} | custom
    acts = tuple(
        Act(
            name=act.name,
            does=act.does,
            relation=act.relation,
            clinical=act.clinical,
            sensitive=act.sensitive,
            held=frozenset(key for key, permissions in roles.items() if act.name in permissions),
        )
        for act in CATALOGUE[portal]
    )
    return PortalMatrix(portal=portal, roles=tuple(roles), acts=acts)
