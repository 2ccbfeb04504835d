"""The fixtures' engines are the real ones, shaped as in production."""

from datetime import timedelta

import asyncpg
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment


async def test_the_owner_of_the_schema_is_no_superuser(postgres: str) -> None:
    connection = await asyncpg.connect(postgres)
    try:
        version = await connection.fetchval("show server_version_num")
        role = await connection.fetchrow(
            "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user"
        )
    finally:
        await connection.close()
    assert int(version) >= 180000
    assert tuple(role) == (False, False, True, True)


async def test_closed_workflows_are_kept_thirty_days(temporal: Client) -> None:
    question = DescribeNamespaceRequest(namespace="fourdoors")
    answer = await temporal.workflow_service.describe_namespace(question)
    assert answer.config.workflow_execution_retention_ttl.ToTimedelta() == timedelta(days=30)


async def test_the_one_clock_server_stands_by(temporal_skipping: WorkflowEnvironment) -> None:
    before = await temporal_skipping.get_current_time()
    await temporal_skipping.sleep(timedelta(days=180))
    assert await temporal_skipping.get_current_time() - before >= timedelta(days=180)
