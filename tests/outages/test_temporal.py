"""A Temporal that is gone, or does not know our namespace: whoever asks is told soon, and again is one deed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import col
from starlette.types import Receive, Scope, Send
from temporalio.client import Client

from api import platform
from domain.actors import House
from domain.refusals import StillWorking
from models import Person
from tests.fixtures.house import AURORA, RunningHouse
from tests.fixtures.http import http_client
from tests.outages.relay import relayed
from tests.patient.people import newcomer
from tests.usecases.steps import held, new_patient, offered
from tests.usecases.test_gaps import appointment_row
from tests.usecases.test_unguarded_holds import later
from usecases.brands import brand_of
from usecases.context import Context
from usecases.identity.registering import Register, register
from usecases.patient.booking import book
from usecases.patient.home import BeginJourney, begin, home
from usecases.scheduling.guarding import release_unguarded
from usecases.scheduling.holding import Hold
from workflows.converter import DATA_CONVERTER


@pytest.fixture
async def nameless(house: RunningHouse) -> Context:
    """The house's context, but its Temporal has no namespace of ours."""
    address = house.settings.temporal_address or ""
    client = await Client.connect(address, namespace="nobody-made-it", data_converter=DATA_CONVERTER)
    return replace(house.context, temporal=client)


@pytest.fixture
async def silent(house: RunningHouse) -> AsyncIterator[Context]:
    """The same, but its Temporal says nothing any more."""
    host, _, port = (house.settings.temporal_address or "").partition(":")
    async with relayed(host, int(port)) as relay:
        client = await Client.connect(f"{host}:{relay.port}", namespace="fourdoors", data_converter=DATA_CONVERTER)
        relay.fall_silent()
        yield replace(house.context, temporal=client)


async def test_a_time_is_held_once_when_it_is_asked_for_again(house: RunningHouse, silent: Context) -> None:
    patient = await new_patient(house, AURORA)
    slot = await offered(house, patient)
    wish = Hold(specialist_id=slot.specialist_id, appointment_type="intake", start=slot.start, key=uuid4().hex)
    with pytest.raises(StillWorking):
        await book(silent, patient, wish)
    assert await book(house.context, patient, wish) == await book(house.context, patient, wish)


async def test_a_journey_begins_once(house: RunningHouse, nameless: Context) -> None:
    who = (await newcomer(house, AURORA)).patient
    wish = BeginJourney(program_id=(await home(house.context, who, "en")).programs[0].id)
    with pytest.raises(StillWorking):
        await begin(nameless, who, wish)
    assert (await home(house.context, who, "en")).journey is None
    assert await begin(house.context, who, wish) == await begin(house.context, who, wish)


async def test_whoever_registers_is_told_and_registers_again(house: RunningHouse, silent: Context) -> None:
    brand = await brand_of(house.context, AURORA)
    assert brand
    email = f"{uuid4().hex}@patients.example"
    wish = Register(given_name="Robin", family_name="Vale", email=email, password="a long password 1", locale="en")
    with pytest.raises(StillWorking):
        await register(silent, brand, wish, uuid4().hex)
    assert await register(house.context, brand, wish, uuid4().hex)
    async with house.database.transaction(House()) as session:
        assert len((await session.scalars(select(Person).where(col(Person.email) == email))).all()) == 1


async def test_nobody_gives_back_a_hold_of_which_nothing_is_known(house: RunningHouse, nameless: Context) -> None:
    """It may be paid at this moment."""
    patient = await new_patient(house, AURORA)
    appointment_id = await held(house, patient, await offered(house, patient))
    row = await appointment_row(house, patient, appointment_id)
    with pytest.raises(StillWorking):
        await release_unguarded(replace(nameless, now=later(house).now), row)
    assert (await appointment_row(house, patient, appointment_id)).status == "held"


async def test_it_takes_no_visitors_meanwhile(nameless: Context) -> None:
    platform_of_it = platform.create()

    async def process(scope: Scope, receive: Receive, send: Send) -> None:
        await platform_of_it(dict(scope) | {"state": {"context": nameless}}, receive, send)

    async with http_client(transport=httpx.ASGITransport(process), base_url="http://any") as client:
        ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["temporal"]) == (503, "does not answer")
