"""Misbehaviour on demand: errors, refusals, silence and slowness, before or after the effect."""

import asyncio
import random
from collections.abc import Callable
from typing import Literal

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field

from sandbox.store import Store

Vendor = Literal["stripe", "twilio", "sendgrid"]
FaultKind = Literal[
    "error_before",
    "error_after",
    "rate_limit",
    "conflict",
    "drop_before",
    "drop_after",
    "slow_before",
    "slow_after",
]


class Fault(BaseModel):
    """`route` is how "POST /v1/refunds" begins ("" is every route); `times` None lasts until cleared.

    `share` of the matching calls are hit; `seconds` is how long a slow one takes.
    """

    model_config = ConfigDict(extra="forbid")

    vendor: Vendor
    kind: FaultKind
    route: str = ""
    times: int | None = Field(1, ge=1)
    seconds: float = Field(0, ge=0)
    share: float = Field(1, ge=0, le=1)

    def hits(self, vendor: Vendor, route: str) -> bool:
        return self.vendor == vendor and route.startswith(self.route) and random.random() < self.share


class Faults:
    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Fault]:
        return [Fault.model_validate(one) for one in self._store.setting("faults", [])]

    def add(self, fault: Fault) -> None:
        self._save([*self.all(), fault])

    def clear(self) -> None:
        self._save([])

    def take(self, vendor: Vendor, route: str) -> Fault | None:
        """The fault this call suffers, one time less of it left."""
        faults = self.all()
        hit = next((fault for fault in faults if fault.hits(vendor, route)), None)
        if hit is not None and hit.times is not None:
            hit.times -= 1
            self._save([fault for fault in faults if fault.times != 0])
        return hit

    def _save(self, faults: list[Fault]) -> None:
        self._store.set("faults", [fault.model_dump() for fault in faults])


async def suffer(
    fault: Fault | None,
    request: Request,
    work: Callable[[bool], Response],
    refuse: Callable[[int], Response],
) -> Response:
    """Answers the request as the fault has it. `work(True)` has its effect but answers 500."""
    kind = fault.kind if fault else None
    seconds = fault.seconds if fault else 0.0
    if kind in ("error_before", "rate_limit", "conflict"):
        return refuse({"error_before": 500, "rate_limit": 429, "conflict": 409}[kind])
    if kind == "drop_before":
        return hang_up(request)
    if kind == "slow_before":
        await asyncio.sleep(seconds)
    answer = work(kind == "error_after")
    if kind == "slow_after":
        await asyncio.sleep(seconds)
    return hang_up(request) if kind == "drop_after" else answer


def hang_up(request: Request) -> Response:
    """Cuts the connection; the response returned goes nowhere."""
    request.scope["connection"].__self__.transport.abort()
    return Response(status_code=500)
