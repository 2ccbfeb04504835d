"""How fast an application behind uvicorn answers, asked by a process of its own over connections that stay open.

`python -m bench.served PORT REQUESTS AT_ONCE` is that process: the request comes by standard input, the `Asked` goes to
standard output as JSON.
"""

import asyncio
import gc
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median
from typing import Literal

import uvicorn
from pydantic import BaseModel
from starlette.types import ASGIApp

from app import keep_what_stands
from embedded.ports import any_free

Lifespan = Literal["on", "off"]
REQUESTS, AT_ONCE = 1200, 8
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


@asynccontextmanager
async def served(application: ASGIApp, lifespan: Lifespan = "off") -> AsyncIterator[int]:
    """Its port. The process is as `app.create` leaves it."""
    keep_what_stands()
    port = any_free()
    how = uvicorn.Config(
        application, port=port, log_level="error", access_log=False, lifespan=lifespan, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(how)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn offers no event
        await asyncio.sleep(0.02)
    yield port
    server.should_exit = True
    await serving
    gc.unfreeze()


class Asked(BaseModel):
    """Requests a second, and milliseconds until the first byte of an answer: half of them took less, 95 % of them."""

    rate: float
    median: float
    p95: float


async def asked(port: int, request: bytes, requests: int = REQUESTS, at_once: int = AT_ONCE) -> Asked:
    command = (sys.executable, "-m", "bench.served", *map(str, (port, requests, at_once)))
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate(request)
    return Asked.model_validate_json(told)


async def rate(port: int, request: bytes) -> float:
    return (await asked(port, request)).rate


async def ask(port: int, requests: int, at_once: int, request: bytes) -> Asked:
    began = time.perf_counter()
    waits = await asyncio.gather(*(ask_again(port, requests // at_once, request) for _ in range(at_once)))
    spent = time.perf_counter() - began
    ordered = sorted(wait * 1000 for each in waits for wait in each)
    return Asked(rate=requests / spent, median=median(ordered), p95=ordered[int(len(ordered) * 0.95)])


async def ask_again(port: int, times: int, request: bytes) -> list[float]:
    """Seconds to the first byte of each answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    waits = []
    for _ in range(times):
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        waits.append(time.perf_counter() - began)
        length = LENGTH.search(head)
        assert head.startswith(b"HTTP/1.1 200"), head
        assert length, head
        await reader.readexactly(int(length[1]))
    writer.close()
    return waits


if __name__ == "__main__":
    told_port, told_requests, told_at_once = map(int, sys.argv[1:])
    found = asyncio.run(ask(told_port, told_requests, told_at_once, sys.stdin.buffer.read()))
    sys.stdout.write(found.model_dump_json())
