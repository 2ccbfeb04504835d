"""The check every use case of a signed-in person begins with, and the audit's line it ends with."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from domain.access.permissions import CATALOGUE
from domain.actors import Actor
from domain.refusals import NotAllowed, Refusal, StepUpNeeded
from usecases.audit.noting import note
from usecases.context import Context

MARK = "permission"
CLINICAL = frozenset(each.name for portal in CATALOGUE.values() for each in portal if each.clinical)
HARMLESS = frozenset({"read", "find"})
UseCase = TypeVar("UseCase", bound=Callable[..., Awaitable[Any]])


def needs(permission: str, of: str = "", act: str | None = None) -> Callable[[UseCase], UseCase]:
    """Let in whose roles hold `permission`, a name of `domain.access.permissions`; refuse others with `NotAllowed`.

    What is clinical or does more than read is audited, every refusal too, before anything is answered. `of`: the kind
    of thing whose id is the use case's third argument. `act`: its name in the audit if that is not the permission's; ""
    for what is harmless after all.
    """
    name = permission if act is None else act
    audited = bool(name) and (act is not None or is_audited(permission))

    def guard(use_case: UseCase) -> UseCase:
        @wraps(use_case)
        async def guarded(context: Context, actor: Actor, *args: Any, **kwargs: Any) -> Any:
            thing: dict[str, Any] = {"of": of, "id": named(args[0], of) if of and args else None}
            try:
                require(actor, permission)
                answer = await use_case(context, actor, *args, **kwargs)
            except (NotAllowed, StepUpNeeded) as refusal:
                await note(context, actor, name or permission, f"refused:{type(refusal).__name__}", **thing)
                raise
            except Refusal:
                raise
            except Exception:
                if audited:
                    await note(context, actor, name, "failed", **thing)
                raise
            if audited:
                await note(context, actor, name, **thing)
            return answer

        setattr(guarded, MARK, permission)
        return cast(UseCase, guarded)

    return guard


def named(argument: Any, of: str) -> UUID | None:
    """The id a use case was given, itself or within a command."""
    return argument if isinstance(argument, UUID) else getattr(argument, f"{of}_id", None)


def is_audited(permission: str) -> bool:
    return permission in CLINICAL or permission.split(":")[1] not in HARMLESS


def may(actor: Actor, permission: str) -> bool:
    return permission in actor.permissions


def require(actor: Actor, permission: str) -> None:
    """Raise `NotAllowed` unless the actor's roles hold `permission`."""
    if not may(actor, permission):
        raise NotAllowed


def permission_of(use_case: Any) -> str | None:
    """What `needs` was told; None for a function without it."""
    found: str | None = getattr(use_case, MARK, None)
    return found
