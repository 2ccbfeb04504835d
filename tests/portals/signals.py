"""The room's signals in memory: what a portal does through PostgreSQL, for one process."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Body
from fastapi.sse import EventSourceResponse, ServerSentEvent

router = APIRouter()
peers: dict[str, asyncio.Queue[dict[str, Any]]] = {}


def tell(others_of: str, signal: dict[str, Any]) -> None:
    for name, queue in peers.items():
        if name != others_of:
            queue.put_nowait(signal)


@router.get("/styleguide/room/signals", response_class=EventSourceResponse)
async def down(peer: str) -> AsyncIterator[ServerSentEvent]:
    queue = peers[peer] = asyncio.Queue()
    queue.put_nowait({"admitted": True})
    if len(peers) == 2:
        tell(peer, {"peers": 2, "polite": True})
    queue.put_nowait({"peers": len(peers), "polite": False})
    try:
        while True:
            yield ServerSentEvent(raw_data=json.dumps(await queue.get()))
    finally:
        peers.pop(peer, None)


@router.post("/styleguide/room/signals", status_code=204)
async def up(peer: str, signal: dict[str, Any] = Body()) -> None:
    if signal.get("bye"):
        peers.pop(peer, None)
    tell(peer, signal)
