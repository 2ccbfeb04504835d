"""Webhooks on their way to us: an outbox in the store, delivered in order unless told to misbehave."""

import asyncio
import itertools
import random
import time
from collections.abc import Callable, Mapping
from typing import get_args
from uuid import uuid4

import httpx
from pydantic import BaseModel, ConfigDict, Field

from sandbox.faults import Vendor
from sandbox.store import Json, Store

Signer = Callable[[str, str], dict[str, str]]
TRIES = 12
FIRST_PAUSE_S = 0.5
IDLE_S = 1.0
IN_REVERSE = 10


class Knobs(BaseModel):
    """`duplicates` extra copies; `delay` and `disorder` in seconds; `loss` is the share that never arrives.

    Under `disorder` what is sent in quick succession arrives in reverse within that time.
    """

    model_config = ConfigDict(extra="forbid")

    duplicates: int = Field(0, ge=0, le=10)
    delay: float = Field(0, ge=0)
    disorder: float = Field(0, ge=0)
    loss: float = Field(0, ge=0, le=1)


class Courier:
    """`signers[vendor](url, body)` makes the headers of one delivery at the time it is sent."""

    def __init__(self, store: Store, signers: Mapping[Vendor, Signer]) -> None:
        self._store = store
        self._signers = signers
        self._sent = itertools.count()
        self._more = {vendor: asyncio.Event() for vendor in get_args(Vendor)}

    def knobs(self, vendor: Vendor) -> Knobs:
        return Knobs.model_validate(self._store.setting(f"knobs_{vendor}", {}))

    def turn(self, vendor: Vendor, knobs: Knobs) -> None:
        self._store.set(f"knobs_{vendor}", knobs.model_dump())

    def pending(self, vendor: Vendor) -> int:
        return self._store.count("delivery", vendor)

    def send(self, vendor: Vendor, url: str, body: str, after: float = 0) -> None:
        """Queues `body` for `url`, `after` seconds from now, in the current transaction."""
        knobs = self.knobs(vendor)
        for _ in range(1 + knobs.duplicates):
            if random.random() < knobs.loss:
                continue
            late = knobs.disorder * (1 - next(self._sent) % IN_REVERSE / IN_REVERSE)
            due = time.time() + after + knobs.delay + late
            self._put({"id": uuid4().hex, "vendor": vendor, "url": url, "body": body, "due": due, "tries": 0})
        self._more[vendor].set()

    async def run(self) -> None:
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client, asyncio.TaskGroup() as rounds:
            for vendor in get_args(Vendor):
                rounds.create_task(self._rounds(client, vendor))

    async def _rounds(self, client: httpx.AsyncClient, vendor: Vendor) -> None:
        while True:
            self._more[vendor].clear()
            while (soonest := self._store.soonest("delivery", vendor)) and soonest["due"] <= time.time():
                await self._deliver(client, vendor, soonest)
            pause = min(IDLE_S, max(0.0, soonest["due"] - time.time())) if soonest else IDLE_S
            try:
                await asyncio.wait_for(self._more[vendor].wait(), pause)
            except TimeoutError:
                continue

    async def _deliver(self, client: httpx.AsyncClient, vendor: Vendor, delivery: Json) -> None:
        url, body = delivery["url"], delivery["body"]
        try:
            answer = await client.post(url, content=body, headers=self._signers[vendor](url, body))
            arrived = answer.is_success
        except (httpx.HTTPError, httpx.InvalidURL):
            arrived = False
        delivery["tries"] += 1
        if arrived or delivery["tries"] >= TRIES:
            self._store.delete("delivery", delivery["id"])
        elif self._store.get("delivery", delivery["id"]):
            pause = FIRST_PAUSE_S * 2 ** (delivery["tries"] - 1)
            self._put(delivery | {"due": time.time() + pause})

    def _put(self, delivery: Json) -> None:
        self._store.put("delivery", delivery, owner=delivery["vendor"])
