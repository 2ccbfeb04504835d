"""The connection to Temporal."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from temporalio.client import Client
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes, PayloadCodec
from temporalio.runtime import Runtime
from temporalio.service import KeepAliveConfig, RPCError

from workflows.converter import DATA_CONVERTER

RETRY_EVERY = 0.5


async def connect(
    address: str,
    namespace: str,
    *,
    api_key: str | None = None,
    codec: PayloadCodec | None = None,
    runtime: Runtime | None = None,
    patience: timedelta = timedelta(seconds=30),
) -> Client:
    """A client of one namespace, speaking TLS when an API key is given.

    `codec` encrypts payloads on their way, messages and stack traces of failures too. Tries again while the server
    starts; after `patience` the last RuntimeError or RPCError is raised.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience.total_seconds()
    while True:
        try:
            return await Client.connect(
                address,
                namespace=namespace,
                api_key=api_key,
                tls=api_key is not None,
                data_converter=converter_with(codec),
                runtime=runtime,
                keep_alive_config=KeepAliveConfig(interval_millis=15_000, timeout_millis=10_000),
            )
        except (RuntimeError, RPCError):
            if loop.time() > deadline:
                raise
            await asyncio.sleep(RETRY_EVERY)


def converter_with(codec: PayloadCodec | None) -> DataConverter:
    if codec is None:
        return DATA_CONVERTER
    return replace(
        DATA_CONVERTER,
        payload_codec=codec,
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


async def is_ready(client: Client) -> bool:
    """True when the frontend answers within two seconds."""
    try:
        return await client.service_client.check_health(timeout=timedelta(seconds=2))
    except RPCError:
        return False
