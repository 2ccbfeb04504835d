"""Requests a second of an application behind uvicorn, asked by a process of its own over connections that stay open.

`python -m bench.served PORT` is that process: the request comes by standard input, the rate goes to standard output.
"""

import asyncio
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from embedded.ports import any_free

REQUESTS, AT_ONCE = 1200, 8
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


@asynccontextmanager
async def served(application: ASGIApp) -> AsyncIterator[int]:
    """Its port."""
    port = any_free()
    server = uvicorn.Server(uvicorn.Config(application, port=port, log_level="error", access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn offers no event
        await asyncio.sleep(0.02)
    yield port
    server.should_exit = True
    await serving


async def rate(port: int, request: bytes) -> float:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.served", str(port), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate(request)
    return float(told)


async def ask(port: int, request: bytes) -> float:
    began = time.perf_counter()
    await asyncio.gather(*(ask_again(port, request) for _ in range(AT_ONCE)))
    return REQUESTS / (time.perf_counter() - began)


async def ask_again(port: int, request: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(REQUESTS // AT_ONCE):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        assert head.startswith(b"HTTP/1.1 200"), head
        assert length, head
        await reader.readexactly(int(length[1]))
    writer.close()


if __name__ == "__main__":
    sys.stdout.write(str(asyncio.run(ask(int(sys.argv[1]), sys.stdin.buffer.read()))))
