"""Whoever is signed in, for pages about oneself, and which pages are for them alone."""

from collections.abc import Iterator

from fastapi.dependencies.models import Dependant
from starlette.requests import Request

from domain.refusals import NotSignedIn
from usecases.identity.doors import Identity


async def holder_of(request: Request) -> Identity:
    """Whoever is signed in: a second factor may be due. Raises `NotSignedIn`."""
    found: Identity | None = request.state.identity
    if found is None:
        raise NotSignedIn
    return found


def is_for_holders(request: Request) -> bool:
    """Whether the endpoint that was found asks who is signed in."""
    dependant: Dependant | None = getattr(request.scope.get("route"), "dependant", None)
    return dependant is not None and any(each.call is holder_of for each in _all(dependant))


def _all(dependant: Dependant) -> Iterator[Dependant]:
    for each in dependant.dependencies:
        yield each
        yield from _all(each)
