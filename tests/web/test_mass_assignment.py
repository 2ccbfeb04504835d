"""Nobody sets what they were not asked for: every command refuses every field it does not have."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from domain.access.permissions import PORTALS, Portal
from handbook.endpoints import Endpoint
from tests.access.callers import flat
from tests.access.world import World, command_of
from tests.web.knocking import STRONGEST, ask, fingerprint, specimen, unsafe
from usecases.views import Command

COUNTED: Counter[str] = Counter()
EXTRA: dict[str, Any] = {
    "id": "00000000-0000-4000-8000-000000000001",
    "organization_id": "00000000-0000-4000-8000-000000000001",
    "brand_id": "00000000-0000-4000-8000-000000000001",
    "patient_id": "00000000-0000-4000-8000-000000000001",
    "person_id": "00000000-0000-4000-8000-000000000001",
    "specialist_id": "00000000-0000-4000-8000-000000000001",
    "status": "approved",
    "state": "completed",
    "role": "owner",
    "roles": "owner",
    "permissions": "audit:read",
    "price": "0",
    "amount": "0",
    "fee": "0",
    "paid": "true",
    "is_admin": "true",
    "version": "999",
    "made_by": "00000000-0000-4000-8000-000000000001",
    "confirmed_at": "2099-01-01T00:00:00Z",
    "email_verified_at": "2099-01-01T00:00:00Z",
    "password_hash": "x",
    "__class__": "x",
    "__proto__": "x",
    "constructor": "x",
}


def every_command(model: type[Command] = Command) -> list[type[Command]]:
    found = [sub for each in model.__subclasses__() for sub in (each, *every_command(each))]
    return list(dict.fromkeys(found))


def foreign(endpoint: Endpoint, sent: dict[str, Any]) -> dict[str, Any]:
    command, _ = command_of(endpoint)
    assert command is not None
    return {name: value for name, value in EXTRA.items() if name not in command.model_fields and name not in sent}


def writable(portal: Portal, json: bool) -> list[Endpoint]:
    return [each for each in unsafe(json) if each.portal == portal and command_of(each)[0] is not None]


def test_every_command_forbids_what_it_does_not_know() -> None:
    loose = [each.__name__ for each in every_command() if each.model_config.get("extra") != "forbid"]
    assert not loose, f"{loose} would take fields nobody asked for: leave `extra` as Command has it"
    COUNTED["commands"] += len(every_command())


@pytest.mark.parametrize("portal", PORTALS)
async def test_json_doors_refuse_every_other_field(world: World, portal: Portal) -> None:
    before = await fingerprint(world.house)
    caller = world.callers[portal, STRONGEST[portal]]
    for endpoint in writable(portal, json=True):
        sent = specimen(endpoint, world.own.things) or {}
        extra = foreign(endpoint, sent)
        answer = await ask(world, endpoint, caller, json=sent | extra)
        assert answer.status_code == 422, f"{endpoint}: {answer.status_code}"
        assert answer.json()["errors"].keys() >= extra.keys(), f"{endpoint} took some of {sorted(extra)}"
        COUNTED["json"] += len(extra)
    assert await fingerprint(world.house) == before


@pytest.mark.parametrize("portal", PORTALS)
async def test_forms_refuse_every_other_field(world: World, portal: Portal) -> None:
    """Forms become the commands of the JSON doors, which say what they refuse; so each form is tried with a fifth."""
    before = await fingerprint(world.house)
    caller = world.callers[portal, STRONGEST[portal]]
    for place, endpoint in enumerate(writable(portal, json=False)):
        sent = flat(specimen(endpoint, world.own.things) or {})
        turn = list(foreign(endpoint, sent).items())[place % 5 :: 5]
        for name, value in turn:
            answer = await ask(world, endpoint, caller, data=sent | {name: value})
            again = answer.headers.get("location", "").startswith("/sign-in?next=")  # no second step is open here
            absent = answer.status_code == 404 and "{" in endpoint.path  # a page looks for its thing first
            back = answer.status_code == 303 and answer.headers["location"].startswith("/appointments/")
            over = back and "{appointment_id}" in endpoint.path  # there is nothing to pay or to move any more
            assert answer.status_code == 422 or again or absent or over, f"{endpoint} took {name}"
            COUNTED["pages"] += 1
    assert await fingerprint(world.house) == before


def test_how_many_fields(record_property: Callable[[str, object], None]) -> None:
    said = f"{COUNTED['commands']} commands, {COUNTED['json']} extra fields at JSON doors, {COUNTED['pages']} in forms"
    record_property("mass assignment", said)
    assert COUNTED["commands"] >= 35, said
    assert COUNTED["json"] >= 500, said
    assert COUNTED["pages"] >= 120, said
