"""Vendors' events: verified at the door, stored once, then handled. Copies and disorder change nothing.

What is stored is all that handling needs, so that it can be handled again without the vendor.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError

from domain.actors import House
from domain.messages import OUTDATED
from gateways.errors import VendorError
from gateways.messages import DeliveryEvent, Inbound, InboundKind
from gateways.payments import VendorEvent
from models import Message, Suppression, WebhookEvent
from models.base import values_of
from usecases.context import Context
from usecases.processes import appointment_handle, is_absent
from usecases.returned_refunds import refund_changed
from usecases.undelivered_texts import replace_undelivered
from usecases.webhook_inbox import ONE_TRY, handled, keep
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
INBOUND = "inbound-"
SUPPRESSING = ("bounced", "suppressed", "complained", "unsubscribed")


async def payment_event(context: Context, event: VendorEvent) -> None:
    about = {name: event.metadata.get(name, "") for name in ("appointment", "organization", "intent_key")}
    payload = {"object": event.object_id, "payment_intent": event.payment_intent or "", **about}
    await _take(context, WebhookEvent(vendor="stripe", event_id=event.id, kind=event.type, payload=payload))


async def delivery_event(context: Context, vendor: str, event: DeliveryEvent) -> None:
    payload = {"reference": event.reference, "reason": event.reason}
    if event.status in SUPPRESSING:
        payload["address"] = event.address
    await _take(context, WebhookEvent(vendor=vendor, event_id=event.id, kind=event.status, payload=payload))


async def inbound_text(context: Context, message: Inbound) -> None:
    """What people write is not kept, and only STOP and START are read."""
    payload = {} if message.kind == "other" else {"channel": message.channel, "sender": message.sender}
    kind = f"{INBOUND}{message.kind}"
    await _take(context, WebhookEvent(vendor="twilio", event_id=message.id, kind=kind, payload=payload))


async def _take(context: Context, event: WebhookEvent) -> None:
    if await keep(context, event):
        await handle(context, event)


async def handle(context: Context, event: WebhookEvent) -> None:
    """Handled once more, nothing changes."""
    if event.vendor == "stripe":
        outcome = await _payment(context, event)
    elif event.kind.startswith(INBOUND):
        outcome = await _reply(context, event)
    else:
        outcome = await _delivery(context, event)
    await handled(context, event, outcome)


async def _payment(context: Context, event: WebhookEvent) -> str:
    """Tell the appointment that its payment has changed; what it is now, it looks up itself. A refund has nobody who
    waits for it any more: what became of it is looked up here.
    """
    about = event.payload
    organization_id = _uuid(about["organization"])
    if event.kind.startswith("refund.") and organization_id:
        return await refund_changed(context, organization_id, about["payment_intent"], about["intent_key"])
    if appointment_id := _uuid(about["appointment"]):
        return await _signal(appointment_handle(context.temporal, appointment_id))
    return "no appointment named"


async def _delivery(context: Context, event: WebhookEvent) -> str:
    """What became of a message; a status never goes back, unless a silent vendor had sent what nobody was to send any
    more. A text that never arrives is replaced."""
    async with context.database.transaction(House()) as session:
        row = await session.get(Message, _uuid(event.payload["reference"]), with_for_update=True)
        becomes = BECOMES[event.kind]
        if row is not None and (RANK[becomes] > RANK[row.status] or row.reason == OUTDATED):
            row.status, row.reason, row.updated_at = becomes, event.payload["reason"], context.now()
        if address := event.payload.get("address"):
            channel = row.channel if row else "email"
            await session.execute(_suppress(channel, address, event.kind, context.now()))
    if row is not None and row.channel in PHONE_CHANNELS and event.kind == "failed":
        return await replace_undelivered(context, row.id)
    return "noted"


async def _reply(context: Context, event: WebhookEvent) -> str:
    """STOP switches a phone off at once, START on again. What else people write is not read here.

    Words overtake each other on their way to us, so it is the vendor's order that counts.
    """
    kind: InboundKind = event.kind.removeprefix(INBOUND)  # type: ignore[assignment]
    if kind == "other":
        return kind
    heard = Inbound(event.event_id, event.payload["channel"], event.payload["sender"], "", kind)
    if kind == "stop":
        await _silence(context, heard.sender)
    asked_at = context.now()
    if await _last_word(context, heard, event.received_at) == "start":
        await _lift(context, heard.sender, asked_at)
    else:
        await _silence(context, heard.sender)
    return kind


async def _last_word(context: Context, heard: Inbound, since: datetime) -> InboundKind:
    """While the vendor is silent, what has just been heard stands. Later another word may have been heard meanwhile.

    Raises `VendorError` then.
    """
    try:
        return await context.texter.last_word(heard)
    except VendorError:
        if context.now() - since > ONE_TRY:
            raise
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


async def _signal(handle: "WorkflowHandle[Appointment, object]") -> str:
    try:
        await handle.signal(Appointment.payment_changed, rpc_timeout=timedelta(seconds=5))
    except RPCError as error:
        if not is_absent(error):
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
