"""One patient's time: real time plus what was skipped, in step with every workflow of that patient."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig

STANDING = TimeSkippingConfig(enabled=False, max_session_skip_count=10_000)


class Clock:
    def __init__(self, temporal: Client) -> None:
        self.skipper = TimeSkipper(temporal, config=STANDING)
        self.skipped = timedelta(0)
        self.followers: dict[str, WorkflowHandle[Any, Any]] = {}

    def now(self) -> datetime:
        return datetime.now(UTC) + self.skipped

    async def follow(self, handle: WorkflowHandle[Any, Any]) -> None:
        """A new workflow begins at real time: bring it to this patient's."""
        if handle.id not in self.followers:
            self.followers[handle.id] = handle
            await self._forward(handle, self.skipped)

    async def until(self, moment: datetime) -> None:
        await self.skip(moment - self.now() + timedelta(seconds=1))

    async def skip(self, length: timedelta) -> None:
        """Appointments first: they tell their journey what happened."""
        if length <= timedelta(0):
            return
        self.skipped += length
        for handle in sorted(self.followers.values(), key=lambda handle: handle.id):
            await self._forward(handle, length)

    async def _forward(self, handle: WorkflowHandle[Any, Any], length: timedelta) -> None:
        if not length:
            return
        try:
            async with asyncio.timeout(30):
                alive = await self.skipper.fast_forward(handle, length)
        except RPCError as ended:
            if ended.status is not RPCStatusCode.NOT_FOUND:
                raise
            alive = False
        if not alive:
            self.followers.pop(handle.id, None)
