"""What every request depends on is asked at once, on the loop."""

import inspect

from doors import doors
from endpoints import dependencies_of, routes_of


def test_no_dependency_waits_for_a_thread() -> None:
    """FastAPI runs a plain function in a thread, which costs ten times what it looks up: make it `async def`."""
    plain = {
        f"{call.__module__}.{call.__qualname__}"
        for mounted in doors().values()
        for create in mounted.values()
        for route in routes_of(create().routes)
        for call in dependencies_of(route.dependant)
        if inspect.isfunction(call) and not inspect.iscoroutinefunction(call) and not inspect.isasyncgenfunction(call)
    }
    assert not plain, f"{sorted(plain)} run in a thread at every request: make each `async def`"
