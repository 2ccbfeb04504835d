"""Every JSON door against its own document, by every role: no server error, no undocumented answer (schemathesis)."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from domain.access.permissions import PORTALS, Portal
from handbook.endpoints import MADE
from tests.access.callers import Caller, roles_of
from tests.access.world import World
from tests.web.knocking import STRONGEST, host_header

COUNTED: Counter[str] = Counter()
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
MANY, FEW = 8, 2
"""Examples of each operation: for the strongest role of a portal, and for every other."""
SPOILING = ("/sign-in", "/sign-in/second-step", "/step-up")
"""Tries of passwords and codes are counted, and stepping up changes the token."""


def operations(portal: Portal) -> list[Any]:
    document = schemathesis.openapi.from_dict(MADE[portal]["/api"]().openapi())
    found: list[Any] = [each.ok() for each in document.get_all_operations()]  # type: ignore[union-attr]
    return [each for each in found if each.path not in SPOILING]


def knock(world: World, caller: Caller, case: Any) -> None:
    """One made-up request through the wire, and everything the document says about its answer."""
    things = vars(world.own.things)
    if case.method == "GET" and COUNTED["requests"] % 2:
        real = {name: str(things[name]) for name in case.path_parameters or {} if name in things}
        case.path_parameters = {**(case.path_parameters or {}), **real}
    proofs = {"host": host_header(world, caller.host), "authorization": f"Bearer {caller.bearer}"}
    answer = case.call(base_url=f"http://127.0.0.1:{world.house.settings.port}/api", headers=proofs)
    COUNTED["requests"] += 1
    COUNTED[f"answered {answer.status_code}"] += 1
    case.validate_response(answer, checks=CHECKS)


def explore(world: World, caller: Caller, operation: Any, examples: int) -> None:
    @settings(
        max_examples=examples,
        phases=(Phase.generate,),
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        knock(world, caller, case)

    run()


@pytest.mark.parametrize("portal", PORTALS)
async def test_a_door_answers_as_its_document_says(world: World, portal: Portal) -> None:
    for key in roles_of(portal):
        examples = MANY if key == STRONGEST[portal] else FEW
        for operation in operations(portal):
            await asyncio.to_thread(explore, world, world.callers[portal, key], operation, examples)
            COUNTED["operations"] += 1


def test_how_many_made_up_requests(record_property: Callable[[str, object], None]) -> None:
    said = ", ".join(f"{count} {name}" for name, count in sorted(COUNTED.items()))
    record_property("contract", said)
    assert COUNTED["operations"] >= 400, said
    assert COUNTED["requests"] >= 1_000, said
    assert COUNTED["answered 200"] >= 100, said
    assert not [name for name in COUNTED if name.startswith("answered 5") and name != "answered 503"], said
