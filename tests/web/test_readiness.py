"""What whoever watches a web process is told when a part behind it is gone: it lives, and takes no visitors."""

from dataclasses import replace

import httpx
import pytest
from pydantic import SecretStr
from starlette.types import Receive, Scope, Send
from temporalio.client import Client

import composition
from api import platform
from tests.fixtures.house import RunningHouse, free_port
from tests.fixtures.http import http_client
from usecases.context import Context


@pytest.mark.parametrize("gone", ["", "postgresql", "temporal"])
async def test_it_is_alive_and_ready_while_every_part_answers(house: RunningHouse, gone: str) -> None:
    context = await without(house, gone)
    platform_of_it = platform.create()

    async def process(scope: Scope, receive: Receive, send: Send) -> None:
        await platform_of_it(dict(scope) | {"state": {"context": context}}, receive, send)

    async with http_client(transport=httpx.ASGITransport(process), base_url="http://any") as client:
        alive, ready = await client.get("/healthz"), await client.get("/readyz")
    assert alive.status_code == 200
    assert ready.status_code == (503 if gone else 200)
    parts = ("postgresql", "temporal")
    assert ready.json() == {part: "does not answer" if part == gone else "ready" for part in parts}


async def without(house: RunningHouse, gone: str) -> Context:
    """The house's own, but where the part that is `gone` was, nothing listens."""
    if gone == "postgresql":
        nowhere = SecretStr(f"postgresql://owner@127.0.0.1:{free_port()}/house")
        settings = house.settings.model_copy(update={"database_url": nowhere})
        return replace(house.context, database=composition.database_of(settings))
    if gone == "temporal":
        return replace(house.context, temporal=await Client.connect(f"127.0.0.1:{free_port()}", lazy=True))
    return house.context
