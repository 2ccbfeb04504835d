"""The check every use case of a signed-in person begins with."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar, cast

from domain.actors import Actor
from domain.refusals import NotAllowed
from usecases.context import Context

MARK = "permission"
UseCase = TypeVar("UseCase", bound=Callable[..., Awaitable[Any]])


def needs(permission: str) -> Callable[[UseCase], UseCase]:
    """Let in whose roles hold `permission`, a name of `domain.access.permissions`; refuse others with `NotAllowed`."""

    def guard(use_case: UseCase) -> UseCase:
        @wraps(use_case)
        async def guarded(context: Context, actor: Actor, *args: Any, **kwargs: Any) -> Any:
            require(actor, permission)
            return await use_case(context, actor, *args, **kwargs)

        setattr(guarded, MARK, permission)
        return cast(UseCase, guarded)

    return guard


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
