"""What the audit is told: who, what, whose record, through which door. Doors say which one they are by `enter`."""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, TypeVar, cast
from uuid import UUID

from domain.actors import Actor, Operator, Patient, Visitor
from domain.audit import HOUSE_CHAIN, Entry
from domain.refusals import Refusal
from usecases.context import Context

UseCase = TypeVar("UseCase", bound=Callable[..., Awaitable[Any]])
SECURITY = frozenset({"unauthenticated", "forbidden", "too_many"})
"""Kinds of refusals that tell of somebody who should not be where they are."""


class Known(Protocol):
    """Whoever is signed in."""

    @property
    def actor(self) -> Actor: ...


@dataclass(frozen=True)
class Entrance:
    """`door` is portal/pages or portal/json, cli, or worker for whoever came by no door."""

    door: str = "worker"
    session_id: UUID | None = None


ENTRANCE: ContextVar[Entrance] = ContextVar("entrance", default=Entrance())  # noqa: B039 - it is frozen


def enter(door: str, session_id: UUID | None = None) -> None:
    """For the rest of this request."""
    ENTRANCE.set(Entrance(door, session_id))


async def note(
    context: Context,
    actor: Actor,
    act: str,
    outcome: str = "done",
    *,
    of: str = "",
    id: UUID | None = None,
    reason: str = "",
) -> None:
    """Returns when it is written down; a failure is the caller's: nothing is answered without its entry.

    The chain is the actor's organization's, else that of the thing `of` the `id`, else the house's.
    """
    entrance = ENTRANCE.get()
    entry = Entry(
        organization_id=getattr(actor, "organization_id", None) or HOUSE_CHAIN,
        sequence=0,
        at=context.now(),
        actor=actor.kind,
        person_id=getattr(actor, "person_id", None),
        roles=roles_of(actor),
        act=act,
        outcome=outcome,
        patient_id=actor.patient_id if isinstance(actor, Patient) else None,
        resource=of if id else "",
        resource_id=id,
        door=entrance.door,
        session_id=entrance.session_id,
        reason=reason,
    )
    await context.audit.append(entry)


async def note_person(
    context: Context, person_id: UUID | None, act: str, outcome: str = "done", session_id: UUID | None = None
) -> None:
    """About signing in: the chain is of the person's organization, the house's when nobody is known."""
    entrance = ENTRANCE.get()
    entry = Entry(
        organization_id=HOUSE_CHAIN,
        sequence=0,
        at=context.now(),
        actor=Visitor.kind if person_id is None else "person",
        person_id=person_id,
        act=act,
        outcome=outcome,
        resource="person" if person_id else "",
        resource_id=person_id,
        door=entrance.door,
        session_id=session_id or entrance.session_id,
    )
    await context.audit.append(entry)


def tells(act: str) -> Callable[[UseCase], UseCase]:
    """For what somebody does about their own sign-in, `(context, identity, ...)`: noted when done, or refused."""

    def telling(use_case: UseCase) -> UseCase:
        @wraps(use_case)
        async def told(context: Context, identity: Known, *args: Any, **kwargs: Any) -> Any:
            try:
                answer = await use_case(context, identity, *args, **kwargs)
            except Refusal as refusal:
                if refusal.kind in SECURITY:
                    await note(context, identity.actor, act, f"refused:{type(refusal).__name__}")
                raise
            await note(context, identity.actor, act)
            return answer

        return cast(UseCase, told)

    return telling


def roles_of(actor: Actor) -> tuple[str, ...]:
    """By their keys, in order."""
    if isinstance(actor, Operator):
        return tuple(sorted(actor.roles))
    role = getattr(actor, "role", "")
    return (role,) if role else ()
