"""One timer per workflow that is re-armed as seldom as possible: each timer is billed and fills the history."""

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow

AT_ONCE = timedelta(milliseconds=1)
"""Where time is skipped, a timer without any length is passed over."""


class Alarm:
    def __init__(self) -> None:
        self.at: datetime | None = None
        self._sleep: asyncio.Task[None] | None = None

    @property
    def rang(self) -> bool:
        return self._sleep is not None and self._sleep.done()

    def set(self, due: datetime | None, summary: str, *, lazy: bool = False) -> None:
        """Ring at `due`. A lazy alarm that already rings earlier stays: whoever wakes finds nothing due and sets it."""
        if due == self.at or (lazy and due and self.at and self.at < due and not self.rang):
            return
        if self._sleep and not self._sleep.done():
            self._sleep.cancel()
        self.at, self._sleep = due, None
        if due is not None:
            wait = max(due - workflow.now(), AT_ONCE)
            self._sleep = asyncio.create_task(workflow.sleep(wait, summary=summary))

    def clear(self) -> None:
        """It has rung and was heard."""
        self.at, self._sleep = None, None
