"""kill -9 while engines are written to, then a new start: nothing that was acknowledged is lost."""

import asyncio
import contextlib
import random

import asyncpg
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from embedded.postgres import Postgres
from embedded.temporal import Temporal

CRASHES = 3
NUMBERS = "create table if not exists number (value int primary key)"


async def insert_until_cut_off(url: str, acknowledged: set[int]) -> None:
    connection = await asyncpg.connect(url)
    with contextlib.suppress(asyncpg.PostgresError, asyncpg.InternalClientError, OSError):
        while True:
            value = random.getrandbits(30)
            await connection.execute("insert into number values ($1) on conflict do nothing", value)
            acknowledged.add(value)


async def test_postgres_keeps_every_acknowledged_row(a_postgres: Postgres) -> None:
    acknowledged: set[int] = set()
    for _ in range(CRASHES):
        server = a_postgres.start()
        connection = await asyncpg.connect(a_postgres.url)
        await connection.execute(NUMBERS)
        await connection.close()
        writers = [asyncio.create_task(insert_until_cut_off(a_postgres.url, acknowledged)) for _ in range(4)]
        await asyncio.sleep(0.5)
        server.kill()
        await asyncio.gather(*writers)
    a_postgres.start()
    connection = await asyncpg.connect(a_postgres.url)
    kept = {row["value"] for row in await connection.fetch("select value from number")}
    await connection.close()
    assert len(acknowledged) > 100
    assert acknowledged <= kept


async def start_until_cut_off(client: Client, acknowledged: set[str]) -> None:
    with contextlib.suppress(RPCError, asyncio.TimeoutError):
        while True:
            workflow = f"crash/{random.getrandbits(60)}"
            async with asyncio.timeout(1):
                await client.start_workflow("Waits", id=workflow, task_queue="nobody")
            acknowledged.add(workflow)


async def test_temporal_keeps_every_acknowledged_start(a_temporal: Temporal) -> None:
    acknowledged: set[str] = set()
    for _ in range(CRASHES):
        server = a_temporal.start()
        client = await Client.connect(a_temporal.address, namespace="fourdoors")
        starters = [asyncio.create_task(start_until_cut_off(client, acknowledged)) for _ in range(4)]
        await asyncio.sleep(0.5)
        server.kill()
        await asyncio.gather(*starters)
    a_temporal.start()
    client = await Client.connect(a_temporal.address, namespace="fourdoors")
    await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="fourdoors"))
    assert len(acknowledged) > 20
    for workflow in acknowledged:
        await client.get_workflow_handle(workflow).describe()
