"""A database that falls silent, is gone or takes nothing: whoever asks is told so soon, and goes on when it is back."""

import asyncio
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import text

import composition
from domain.actors import House, Scribe
from domain.refusals import StillWorking
from models.outage import DatabaseAway
from portals.core.door import SESSION_COOKIE
from tests.fixtures.house import AURORA, SPECIALISTS, RunningHouse
from tests.fixtures.http import http_client
from tests.outages.conftest import PATIENCE_S, FarHouse
from tests.patient.people import newcomer, session_of
from usecases.audit.noting import note
from usecases.audit.writing import AuditWriter
from usecases.brands import KEEP_SECONDS, brand_of

SOON = 2 * PATIENCE_S + 4
"""A silent connection is given two seconds more to close."""


def at(far: FarHouse, host: str, **headers: str) -> httpx.AsyncClient:
    return http_client(transport=httpx.ASGITransport(far.entrance), base_url=f"http://{host}", headers=headers)


async def test_whoever_is_signed_in_is_told_at_either_door_and_goes_on_afterwards(
    house: RunningHouse, far: FarHouse
) -> None:
    who = await newcomer(house, AURORA)
    cookie, bearer = await session_of(house, who, "cookie"), await session_of(house, who, "bearer")
    tokens = {"cookie": f"{SESSION_COOKIE}={cookie.token}", "authorization": f"Bearer {bearer.token}"}
    async with at(far, AURORA, **tokens) as client:
        assert (await client.get("/")).status_code == (await client.get("/api/home")).status_code == 200
        far.relay.fall_silent()
        async with asyncio.timeout(SOON):
            shown, said = await asyncio.gather(client.get("/appointments"), client.get("/api/home"))
        far.relay.speak()
        assert (await client.get("/")).status_code == (await client.get("/api/home")).status_code == 200
    assert shown.status_code == said.status_code == 503
    assert shown.headers["retry-after"] == said.headers["retry-after"] == "5"
    assert StillWorking.title in shown.text
    assert StillWorking.next_action in shown.text
    assert (said.json()["type"], said.json()["title"]) == ("StillWorking", StillWorking.title)


async def test_it_is_said_in_the_language_of_whoever_reads_it(far: FarHouse) -> None:
    read = {"cookie": f"{SESSION_COOKIE}=of-somebody", "accept-language": "de"}
    async with at(far, SPECIALISTS, **read) as client:
        far.relay.fall_silent()
        shown = await client.get("/")
    assert shown.status_code == 503
    assert "Das dauert länger als sonst" in shown.text


async def test_a_host_that_is_not_known_yet_waits_no_longer(far: FarHouse) -> None:
    far.relay.fall_silent()
    async with asyncio.timeout(SOON):
        async with at(far, "another.localhost") as client:
            said = await client.get("/api/home")
    assert (said.status_code, said.json()["title"]) == (503, StillWorking.title)


async def test_a_brand_keeps_its_face_however_long_it_was_not_looked_at(far: FarHouse) -> None:
    seen = await brand_of(far.context, AURORA)
    far.relay.fall_silent()
    await asyncio.sleep(KEEP_SECONDS)
    assert await brand_of(far.context, AURORA) == seen


@pytest.mark.parametrize("way", ["transaction", "bare", "value"])
async def test_a_statement_waits_no_longer_than_anybody_would(far: FarHouse, way: str) -> None:
    """Whether it has begun before the silence or not; the connection is never asked again."""
    async with asyncio.timeout(SOON):
        with pytest.raises(DatabaseAway):
            await ask_within_silence(far, way)
    far.relay.speak()
    assert await far.context.database.value(House(), "1") == 1
    async with far.context.database.transaction(House()) as session:
        assert await session.scalar(text("select 1")) == 1


async def ask_within_silence(far: FarHouse, way: str) -> None:
    database = far.context.database
    if way == "transaction":
        async with database.transaction(House()) as session:
            far.relay.fall_silent()
            await session.execute(text("select 1"))
    elif way == "bare":
        async with database.bare(Scribe()) as connection:
            far.relay.fall_silent()
            await connection.execute("select 1")
    else:
        assert await database.value(House(), "1") == 1
        far.relay.fall_silent()
        await database.value(House(), "1")


async def test_more_than_there_are_connections_are_all_told(far: FarHouse) -> None:
    far.relay.fall_silent()
    asked = (ask_within_silence(far, "transaction") for _ in range(50))
    async with asyncio.timeout(2 * SOON):
        answers = await asyncio.gather(*asked, return_exceptions=True)
    assert {type(answer) for answer in answers} == {DatabaseAway}


async def test_what_a_database_refuses_for_now_is_no_bug_of_ours(
    house: RunningHouse, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(DatabaseAway):
        await execute(house, "set transaction read only", "update rate_window set uses = uses")
    (line,) = (record for record in caplog.records if record.name == "models.outage")
    assert (line.levelname, vars(line)["failure"]) == ("WARNING", "ReadOnlySQLTransactionError")


async def test_a_row_that_is_locked_for_long_keeps_nobody_waiting(far: FarHouse) -> None:
    async with asyncio.timeout(SOON):
        with pytest.raises(DatabaseAway):
            await execute(far, "select pg_sleep(30)")


async def execute(where: RunningHouse | FarHouse, *statements: str) -> None:
    async with where.context.database.transaction(House()) as session:
        for each in statements:
            await session.execute(text(each))


async def test_whoever_waits_for_the_audit_waits_no_longer_for_being_many(house: RunningHouse, far: FarHouse) -> None:
    writer = AuditWriter(far.context.database, composition.audit_keys_of(house.settings), far.context.now)
    context, patient = replace(far.context, audit=writer), (await newcomer(house, AURORA)).patient
    far.relay.fall_silent()
    noted = (note(context, patient, "home:read") for _ in range(30))
    async with asyncio.timeout(2 * SOON):
        answers = await asyncio.gather(*noted, return_exceptions=True)
    assert {type(answer) for answer in answers} == {DatabaseAway}
