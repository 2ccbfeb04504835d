"""What vendors have told us, each event once, and what is still to be done about it.

A phone number or an e-mail address stands here only until that is done.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from domain.actors import House
from models import WebhookEvent
from models.base import values_of
from usecases.context import Context

ONE_TRY = timedelta(minutes=1)
"""So long an event belongs to whoever tries to handle it; whoever died with it loses it then."""

AT_ONCE = 20
ADDRESSES = ("address", "sender")


async def keep(context: Context, event: WebhookEvent) -> bool:
    """Whether it is still to be handled: a copy of what was stored but never handled is."""
    event.received_at = event.tried_at = context.now()
    async with context.database.transaction(House()) as session:
        await session.execute(insert(WebhookEvent).values(values_of(event)).on_conflict_do_nothing())
        return (await session.scalars(select(WebhookEvent).where(_same(event)))).one().handled_at is None


async def handled(context: Context, event: WebhookEvent, outcome: str) -> None:
    kept = {name: value for name, value in event.payload.items() if name not in ADDRESSES}
    done = update(WebhookEvent).where(_same(event))
    async with context.database.transaction(House()) as session:
        await session.execute(done.values(handled_at=context.now(), outcome=outcome, payload=kept))


async def left_over(context: Context) -> list[WebhookEvent]:
    """What its last try has left unhandled. It is now the caller's: another process that asks gets the others."""
    now = context.now()
    due = select(col(WebhookEvent.id)).where(
        col(WebhookEvent.handled_at).is_(None), col(WebhookEvent.tried_at) < now - ONE_TRY
    )
    next_due = due.order_by(col(WebhookEvent.tried_at)).limit(AT_ONCE).with_for_update(skip_locked=True)
    mine = update(WebhookEvent).where(col(WebhookEvent.id).in_(next_due)).values(tried_at=now)
    async with context.database.transaction(House()) as session:
        return list(await session.scalars(mine.returning(WebhookEvent)))


def _same(event: WebhookEvent) -> ColumnElement[bool]:
    return (col(WebhookEvent.vendor) == event.vendor) & (col(WebhookEvent.event_id) == event.event_id)
