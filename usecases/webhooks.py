"""The inbox of vendors' events: verified at the door, stored once, then handled. Copies and disorder change nothing."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from domain.actors import House
from gateways.errors import VendorError
from gateways.messages import DeliveryEvent, Inbound, InboundKind
from gateways.payments import VendorEvent
from models import Message, Suppression, WebhookEvent
from models.base import values_of
from usecases.context import Context
from usecases.processes import appointment_handle
from usecases.returned_refunds import refund_changed
from usecases.undelivered_texts import replace_undelivered
from workflows.appointment import Appointment

RANK = {"queued": 0, "sending": 1, "sent": 2, "delivered": 3, "failed": 4, "suppressed": 4}
BECOMES = {
    "accepted": "sent",
    "sent": "sent",
    "delivered": "delivered",
    "failed": "failed",
    "bounced": "failed",
    "suppressed": "suppressed",
    "complained": "delivered",
    "unsubscribed": "delivered",
}
PHONE_CHANNELS = ("sms", "whatsapp")
SUPPRESSING = ("bounced", "suppressed", "complained", "unsubscribed")


async def payment_event(context: Context, event: VendorEvent) -> None:
    """Tell the appointment that its payment has changed; what it is now, it looks up itself. A refund has nobody who
    waits for it any more: what became of it is looked up here.
    """
    reference = event.metadata.get("appointment", "")
    payload = {"object": event.object_id, "appointment": reference}
    if not await _is_new(context, "stripe", event.id, event.type, payload):
        return
    outcome = "no appointment named"
    organization_id = _uuid(event.metadata.get("organization", ""))
    if event.type.startswith("refund.") and organization_id:
        outcome = await refund_changed(context, organization_id, event)
    elif appointment_id := _uuid(reference):
        outcome = await _signal(appointment_handle(context.temporal, appointment_id))
    await _handled(context, "stripe", event.id, outcome)


async def delivery_event(context: Context, vendor: str, event: DeliveryEvent) -> None:
    """What became of a message; a status never goes back. A text that never arrives is replaced."""
    if not await _is_new(context, vendor, event.id, event.status, {"reference": event.reference}):
        return
    async with context.database.transaction(House()) as session:
        row = await session.get(Message, _uuid(event.reference), with_for_update=True)
        becomes = BECOMES[event.status]
        if row is not None and RANK[becomes] > RANK[row.status]:
            row.status, row.reason, row.updated_at = becomes, event.reason, context.now()
        if event.status in SUPPRESSING and event.address:
            channel = row.channel if row else "email"
            await session.execute(_suppress(channel, event.address, event.status, context.now()))
    outcome = "noted"
    if row is not None and row.channel in PHONE_CHANNELS and event.status == "failed":
        outcome = await replace_undelivered(context, row.id)
    await _handled(context, vendor, event.id, outcome)


async def inbound_text(context: Context, message: Inbound) -> None:
    """STOP switches a phone off at once, START on again. What else people write is not read here.

    Words overtake each other on their way to us, so it is the vendor's order that counts.
    """
    if not await _is_new(context, "twilio", message.id, f"inbound-{message.kind}", {}):
        return
    if message.kind == "stop":
        await _silence(context, message.sender)
    if message.kind != "other":
        asked_at = context.now()
        if await _last_word(context, message) == "start":
            await _lift(context, message.sender, asked_at)
        else:
            await _silence(context, message.sender)
    await _handled(context, "twilio", message.id, message.kind)


async def _last_word(context: Context, heard: Inbound) -> InboundKind:
    """While the vendor is silent, what was heard stands."""
    try:
        return await context.texter.last_word(heard)
    except VendorError:
        return heard.kind


async def _silence(context: Context, phone: str) -> None:
    async with context.database.transaction(House()) as session:
        for channel in PHONE_CHANNELS:
            await session.execute(_suppress(channel, phone, "stop", context.now()))


async def _lift(context: Context, phone: str, asked_at: datetime) -> None:
    """Whatever silenced the phone after the vendor was asked is a later word."""
    mine = delete(Suppression).where(
        col(Suppression.address) == phone,
        col(Suppression.channel).in_(PHONE_CHANNELS),
        col(Suppression.since) <= asked_at,
    )
    async with context.database.transaction(House()) as session:
        await session.execute(mine)


async def _is_new(context: Context, vendor: str, event_id: str, kind: str, payload: dict[str, Any]) -> bool:
    """Stored once; a copy of an event that was stored but never handled is handled now."""
    row = WebhookEvent(vendor=vendor, event_id=event_id, kind=kind, payload=payload, received_at=context.now())
    async with context.database.transaction(House()) as session:
        await session.execute(insert(WebhookEvent).values(values_of(row)).on_conflict_do_nothing())
        same = select(WebhookEvent).where(col(WebhookEvent.vendor) == vendor, col(WebhookEvent.event_id) == event_id)
        return (await session.scalars(same)).one().handled_at is None


async def _handled(context: Context, vendor: str, event_id: str, outcome: str) -> None:
    same = (col(WebhookEvent.vendor) == vendor) & (col(WebhookEvent.event_id) == event_id)
    async with context.database.transaction(House()) as session:
        await session.execute(update(WebhookEvent).where(same).values(handled_at=context.now(), outcome=outcome))


async def _signal(handle: "WorkflowHandle[Appointment, object]") -> str:
    try:
        await handle.signal(Appointment.payment_changed, rpc_timeout=timedelta(seconds=5))
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return "the appointment has ended"
    return "told the appointment"


def _suppress(channel: str, address: str, reason: str, now: datetime) -> Any:
    new = insert(Suppression).values(values_of(Suppression(channel=channel, address=address, reason=reason, since=now)))
    return new.on_conflict_do_update(index_elements=["channel", "address"], set_={"since": now})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
