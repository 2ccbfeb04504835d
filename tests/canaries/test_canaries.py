"""Nothing personal outside our own database: unmistakable values, a whole way, and a search of everything else."""

import base64
import logging
import zlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.client import Client

from tests.canaries.columns import PUBLIC, UNREADABLE, needs_none, planted
from tests.canaries.life import live
from tests.canaries.places import places
from tests.canaries.search import Canary, Place, search
from tests.canaries.words import SUBJECTIVE as NOTE
from tests.canaries.words import Record
from tests.crash.running import OwnHouse, running

SILENT = {"sandbox.log", "temporal.log", "web.log"}
"""Their parts say something only when it is bad."""
FORMS: dict[str, Callable[[bytes], bytes]] = {
    "raw": lambda value: value,
    "lower case": lambda value: value.lower(),
    "hex": lambda value: value.hex().encode(),
    "base64": base64.b64encode,
    "base64, one off": lambda value: base64.b64encode(b"x" + value + b"yy"),
    "base64, two off": lambda value: base64.urlsafe_b64encode(b"xy" + value + b"y"),
    "zlib": zlib.compress,
    "zlib in the middle": lambda value: b"\x00" * 9 + zlib.compress(b'{"note":"' + value + b'"}' * 20) + b"\x01",
}


@dataclass(frozen=True)
class Lived:
    own: OwnHouse
    record: Record
    places: list[Place]


@pytest_asyncio.fixture(scope="module")
async def lived(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lived]:
    """In a house of its own processes, so that everything they write belongs to this life."""
    state: Path = tmp_path_factory.mktemp("canaries")
    async with running(state) as own:
        record = await live(own.house)
        record.canaries.extend(secrets_of(state))
        yield Lived(own, record, await places(own, record))


def secrets_of(state: Path) -> list[Canary]:
    """Everything the demo has made for itself; of the payloads' keys what follows their name."""
    pairs = [line.partition("=") for line in (state / "secrets.env").read_text().splitlines()]
    made = [Canary(name, "secret", value.rpartition(":")[2]) for name, _, value in pairs]
    vendors = ("sk_test_sandbox", "whsec_sandbox", "SG.sandbox")
    return [*made, *(Canary(f"vendor key {key}", "secret", key) for key in vendors)]


def test_nothing_personal_and_no_secret_is_anywhere_else(
    lived: Lived, record_property: Callable[[str, object], None]
) -> None:
    found = search(lived.record.canaries, lived.places)
    size = sum(len(place.content) for place in lived.places) / 1e6
    searched = f"{len(lived.record.canaries)} in {len(lived.places)} places ({size:.1f} MB)"
    record_property("canaries", f"{searched}, {len(found)} found")
    assert not found, "\n".join(map(str, found))
    assert len(lived.record.canaries) >= 20
    assert len(lived.places) >= 20
    assert not {place.name for place in lived.places if not place.content} - SILENT


def test_the_life_was_lived(lived: Lived) -> None:
    """Where a value belongs, the search would see it: the letter greets by name, to the address."""
    open_everywhere = [replace(place, allowed=frozenset()) for place in lived.places]
    seen = {(find.canary, find.place) for find in search(lived.record.canaries, open_everywhere)}
    assert {("given name", "mail: body"), ("e-mail", "mail: to"), ("link in an e-mail", "addresses asked for")} <= seen


async def test_a_canary_is_in_every_column_that_holds_something_personal_or_secret(lived: Lived) -> None:
    found = await planted(lived.own.house, lived.record.canaries)
    bare = sorted(column for column, is_planted in found.items() if not is_planted and not needs_none(column))
    assert not bare, f"{bare}: plant a canary in tests/canaries/words.py, or say in columns.py why none can be there"
    assert set(UNREADABLE.values()) <= {canary.what for canary in lived.record.canaries}
    gone = sorted({*PUBLIC, *UNREADABLE} - found.keys())
    assert not gone, f"{gone} are no columns any more"
    readable = sorted(column for column in (*PUBLIC, *UNREADABLE) if found[column])
    assert not readable, f"{readable} hold a canary in clear"


@pytest.mark.parametrize("form", FORMS)
def test_a_leak_into_any_place_in_any_form_is_found(lived: Lived, form: str) -> None:
    canary = next(one for one in lived.record.canaries if one.value == NOTE)
    leak = FORMS[form](NOTE.encode())
    leaking = [replace(place, content=place.content[:4096] + leak + place.content[-4096:]) for place in lived.places]
    assert {find.place for find in search([canary], leaking)} == {place.name for place in lived.places}


async def test_a_payload_in_clear_is_found_in_the_engines_store(lived: Lived) -> None:
    """The real thing: somebody forgets the codec, and somebody logs a name."""
    settings = lived.own.house.settings
    client = await Client.connect(settings.temporal_address or "", namespace=settings.temporal_namespace)
    handle = await client.start_workflow("Nothing", NOTE, id=f"leak/{uuid4()}", task_queue="nobody")
    with (settings.state_dir / "log" / "worker.log").open("a") as log:
        handler = logging.StreamHandler(log)
        logging.getLogger("leak").addHandler(handler)
        logging.getLogger("leak").warning("signed: %s", NOTE)
    canary = next(one for one in lived.record.canaries if one.value == NOTE)
    found = {find.place for find in search([canary], await places(lived.own, lived.record))}
    await handle.terminate()
    assert {"temporal.db, cell by cell", f"history of {handle.id}", "worker.log"} <= found
