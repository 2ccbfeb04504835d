"""Vendors' events that were stored but not handled: we see to them ourselves, for not every vendor tells twice.

Twilio tells once: neither what became of a text nor what people reply comes again after an answer of 503.
"""

import asyncio
import contextlib
import logging
from datetime import timedelta

from models import WebhookEvent
from usecases.context import Context
from usecases.webhook_inbox import handled, left_over
from usecases.webhooks import handle

EVERY_SECONDS = 30
GIVEN_UP_AFTER = timedelta(days=3)
logger = logging.getLogger(__name__)


class Rounds:
    """One per web process, however many there are: what one has taken up, another leaves alone."""

    def __init__(self, context: Context, every_seconds: float = EVERY_SECONDS) -> None:
        self.context = context
        self.every_seconds = every_seconds
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="webhook rounds")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self.every_seconds)
            try:
                await handle_left_over(self.context)
            except Exception as failed:
                logger.warning("vendors' events wait", extra={"failure": type(failed).__name__})


async def handle_left_over(context: Context) -> None:
    for event in await left_over(context):
        try:
            await handle(context, event)
        except Exception as failed:
            await _put_off(context, event, failed)


async def _put_off(context: Context, event: WebhookEvent, failed: Exception) -> None:
    """It has its next try in the round after the next minute, for as long as the most patient vendor would tell it."""
    about = {"vendor": event.vendor, "kind": event.kind, "failure": type(failed).__name__}
    logger.warning("a vendor's event is not handled yet", extra=about)
    if context.now() - event.received_at > GIVEN_UP_AFTER:
        await handled(context, event, "given up")
