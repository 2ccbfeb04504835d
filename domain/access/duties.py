"""Separation of duties: nobody agrees to what they have made, and nobody gives away more than they hold."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from domain.access.permissions import ORGANIZATION
from domain.refusals import InvalidInput, MoreThanYouHold, SecondPersonNeeded

LONGEST_LOAN = timedelta(days=60)
SENSITIVE = frozenset(each.name for each in ORGANIZATION if each.sensitive or each.clinical)
KNOWN = frozenset(each.name for each in ORGANIZATION)


def check_second_person(maker: UUID, approver: UUID) -> None:
    """Raise `SecondPersonNeeded` when both are one."""
    if maker == approver:
        raise SecondPersonNeeded


def needs_agreement(permissions: Iterable[str]) -> bool:
    """Whether a role an organization makes for itself waits for a second person."""
    return not SENSITIVE.isdisjoint(permissions)


def check_gives(held: frozenset[str], given: Iterable[str]) -> None:
    """Raise `MoreThanYouHold` when somebody would give what they do not hold themselves."""
    if not held.issuperset(given):
        raise MoreThanYouHold


def check_known(permissions: Iterable[str]) -> None:
    if unknown := set(permissions) - KNOWN:
        raise InvalidInput({"permissions": f"Unknown: {', '.join(sorted(unknown))}."})


def check_loan(now: datetime, until: datetime) -> None:
    """Raise `InvalidInput` unless a loan ends within `LONGEST_LOAN` from now."""
    if not now < until <= now + LONGEST_LOAN:
        raise InvalidInput({"until": "Choose a day within the next 60 days."})
