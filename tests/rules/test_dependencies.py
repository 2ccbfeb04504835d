"""What every request depends on is asked at once, on the loop."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from fastapi import APIRouter

from doors import doors
from handbook.endpoints import dependencies_of, routes_of


def test_no_dependency_waits_for_a_thread() -> None:
    """FastAPI runs a plain function in a thread, which costs ten times what it looks up: make it `async def`."""
    asked = {call for mounted in doors().values() for create in mounted.values() for call in calls_of(create().router)}
    assert {call.__qualname__ for call in asked if inspect.isfunction(call)} >= {"paced", "guard", "the_context"}
    plain = sorted(f"{call.__module__}.{call.__qualname__}" for call in asked if is_plain(call))
    assert not plain, f"{plain} run in a thread at every request: make each `async def`"


def calls_of(router: APIRouter) -> Iterator[Callable[..., Any]]:
    """Of its routes, and of the router itself and those within it, whose routes do not say so."""
    yield from (each.dependency for each in router.dependencies if each.dependency)
    for route in router.routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from calls_of(included)
    for api_route in routes_of(router.routes):
        yield from dependencies_of(api_route.dependant)


def is_plain(call: Callable[..., Any]) -> bool:
    ours = inspect.isfunction(call)
    return ours and not inspect.iscoroutinefunction(call) and not inspect.isasyncgenfunction(call)
