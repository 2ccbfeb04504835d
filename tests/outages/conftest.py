"""The house behind a database that may fall silent."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

import app
import composition
from tests.fixtures.house import RunningHouse
from tests.outages.relay import Relay, relayed
from usecases.context import Context

PATIENCE_S = 0.5


@dataclass(frozen=True)
class FarHouse:
    """`entrance` is a web process whose database is at the other end of `relay`."""

    relay: Relay
    context: Context
    entrance: ASGIApp


@pytest.fixture
async def far(house: RunningHouse) -> AsyncIterator[FarHouse]:
    there = urlsplit(house.owner_url)
    async with relayed(there.hostname or "", there.port or 0) as relay:
        url = house.owner_url.replace(f":{there.port}/", f":{relay.port}/")
        settings = house.settings.model_copy(update={"database_url": SecretStr(url)})
        database = composition.database_of(settings, PATIENCE_S)
        context = replace(house.context, database=database)
        doors = app.house(settings)

        async def entrance(scope: Scope, receive: Receive, send: Send) -> None:
            await doors(dict(scope) | {"state": {"context": context}}, receive, send)

        yield FarHouse(relay, context, entrance)
        relay.speak()
        await database.close()
