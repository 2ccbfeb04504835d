"""Which roles of an organization may do what. Everybody of the organization may read, but not patients' results."""

from typing import Literal
from uuid import UUID

from domain.actors import Operator
from domain.refusals import NotAllowed
from usecases.views import Command

Act = Literal["cancel-appointment", "see-results"]

OWNER = "owner"
MAY: dict[Act, frozenset[str]] = {
    "cancel-appointment": frozenset({OWNER, "care-coordinator"}),
    "see-results": frozenset({OWNER, "clinical-lead"}),
}
DOES: dict[str, frozenset[str]] = {
    "care-coordinator": frozenset({OWNER, "care-coordinator"}),
    "clinical-lead": frozenset({OWNER, "clinical-lead"}),
    "specialist": frozenset({OWNER, "clinical-lead"}),
}
"""Whom a task is for -> the roles that may tick it off; a specialist's own tasks are ticked off in their portal too."""


class TakeSeat(Command):
    """Act for another of one's organizations."""

    organization_id: UUID


def may(operator: Operator, act: Act) -> bool:
    return not MAY[act].isdisjoint(operator.roles)


def may_complete(operator: Operator, assignee: str) -> bool:
    return not DOES.get(assignee, frozenset({OWNER})).isdisjoint(operator.roles)


def require(allowed: bool) -> None:
    """Raise `NotAllowed` unless `allowed`."""
    if not allowed:
        raise NotAllowed
