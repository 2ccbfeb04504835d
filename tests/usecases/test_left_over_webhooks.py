"""What a vendor told once, and we stored but did not handle, we handle by ourselves: once, and not for ever."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlmodel import col
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from domain.actors import House
from domain.refusals import StillWorking
from gateways.errors import VendorRetry
from gateways.messages import DeliveryEvent, Inbound, InboundKind, Texter
from gateways.payments import VendorEvent
from models import Message, WebhookEvent
from tests.fixtures.house import RunningHouse
from tests.payments.test_webhooks import check_paid_once, on_the_page, status_of
from tests.usecases.steps import until
from tests.usecases.test_closed_channels import mails_about
from tests.usecases.test_messages import booked, cancellation, is_suppressed, rows
from tests.usecases.test_undelivered_texts import LANDLINE, callbacks, replaced, told, with_phone
from usecases.context import Context
from usecases.webhook_inbox import left_over
from usecases.webhook_rounds import Rounds, handle_left_over
from usecases.webhooks import delivery_event, inbound_text, payment_event

MINUTES = timedelta(minutes=2)


class Away:
    """An engine nobody reaches."""

    async def start_workflow(self, *_: object, **__: object) -> None:
        raise RPCError("away", RPCStatusCode.UNAVAILABLE, b"")

    def get_workflow_handle_for(self, *_: object, **__: object) -> None:
        raise RPCError("away", RPCStatusCode.UNAVAILABLE, b"")


class Broken:
    """A vendor that is asked, and whoever asked is gone."""

    def __init__(self, failure: Exception) -> None:
        self.failure = failure

    async def last_word(self, _: Inbound) -> InboundKind:
        raise self.failure


def later(context: Context, passed: timedelta = MINUTES) -> Context:
    return replace(context, now=lambda: datetime.now(UTC) + passed)


def without_engine(context: Context) -> Context:
    return replace(context, temporal=cast(Client, Away()))


def asking(context: Context, failure: Exception) -> Context:
    return replace(context, texter=cast(Texter, Broken(failure)))


async def event_of(house: RunningHouse, event_id: str) -> WebhookEvent:
    async with house.database.transaction(House()) as session:
        return (await session.scalars(select(WebhookEvent).where(col(WebhookEvent.event_id) == event_id))).one()


@pytest.fixture
async def own(house: RunningHouse) -> RunningHouse:
    """What other tests have left over is done with first."""
    await handle_left_over(later(house.context, timedelta(minutes=30)))
    return house


def failure_of(text: Message) -> DeliveryEvent:
    return DeliveryEvent(f"{uuid4().hex}.undelivered", str(text.id), "failed", LANDLINE, datetime.now(UTC), "30006")


async def undelivered(house: RunningHouse) -> tuple[Any, Message]:
    """A text that will not arrive, of which the vendor has not told yet."""
    patient = await with_phone(house, LANDLINE, "sms")
    async with callbacks(house, loss=1):
        await told(house, cancellation(patient, await booked(house, patient)))
    (text,) = await rows(house, patient)
    return patient, text


async def test_a_text_is_replaced_though_the_engine_was_away_when_we_were_told(own: RunningHouse) -> None:
    patient, text = await undelivered(own)
    event = failure_of(text)
    with pytest.raises(StillWorking):
        await delivery_event(without_engine(own.context), "twilio", event)
    await handle_left_over(own.context)
    assert (await event_of(own, event.id)).handled_at is None
    assert await mails_about(own, patient) == []
    await handle_left_over(later(own.context))
    await replaced(own, text.id)
    assert (await event_of(own, event.id)).outcome == "another channel takes its place"
    await delivery_event(own.context, "twilio", event)
    await handle_left_over(later(own.context, 2 * MINUTES))
    assert len(await mails_about(own, patient)) == 1


async def test_a_payment_is_heard_of_though_the_engine_was_away(own: RunningHouse) -> None:
    patient, appointment_id, page = await on_the_page(own)
    await own.sandbox.knobs("stripe", loss=1)
    await own.sandbox.pay(page)
    await own.sandbox.delivered("stripe")
    await own.sandbox.knobs("stripe")
    about = {"appointment": str(appointment_id)}
    event = VendorEvent(f"evt_{uuid4().hex}", "payment_intent.succeeded", datetime.now(UTC), "pi_1", "pi_1", about)
    with pytest.raises(RPCError):
        await payment_event(without_engine(own.context), event)
    await handle_left_over(later(own.context))

    async def confirmed() -> bool:
        return await status_of(own, patient, appointment_id) == "confirmed"

    await until(confirmed)
    await check_paid_once(own, patient, appointment_id)


def reply(kind: InboundKind) -> Inbound:
    return Inbound(f"SM{uuid4().hex}", "sms", f"+1617558{uuid4().int % 10_000:04d}", kind, kind)


async def test_a_word_half_heard_is_heard_to_its_end_and_the_number_forgotten(own: RunningHouse) -> None:
    stop = reply("stop")
    await inbound_text(own.context, stop)
    start = replace(stop, id=f"SM{uuid4().hex}", body="START", kind="start")
    with pytest.raises(ConnectionError):
        await inbound_text(asking(own.context, ConnectionError()), start)
    assert (await event_of(own, start.id)).payload == {"channel": "sms", "sender": start.sender}
    assert await is_suppressed(own, start.sender)
    await handle_left_over(later(own.context))
    assert not await is_suppressed(own, start.sender)
    assert (await event_of(own, start.id)).payload == (await event_of(own, stop.id)).payload == {"channel": "sms"}


async def test_late_only_the_vendor_knows_which_word_was_the_last(own: RunningHouse) -> None:
    """At once, what was heard stands; two minutes later it may have been taken back long ago."""
    stop = reply("stop")
    await inbound_text(own.context, stop)
    start = replace(stop, id=f"SM{uuid4().hex}", kind="start")
    with pytest.raises(ConnectionError):
        await inbound_text(asking(own.context, ConnectionError()), start)
    await handle_left_over(asking(later(own.context), VendorRetry("twilio")))
    assert await is_suppressed(own, start.sender)
    assert (await event_of(own, start.id)).handled_at is None
    await handle_left_over(later(own.context, 2 * MINUTES))
    assert not await is_suppressed(own, start.sender)


async def test_what_people_write_is_not_kept(own: RunningHouse) -> None:
    written = replace(reply("other"), body="I feel worse since Tuesday")
    await inbound_text(own.context, written)
    event = await event_of(own, written.id)
    assert (event.payload, event.kind, event.outcome) == ({}, "inbound-other", "other")


async def left(house: RunningHouse) -> Inbound:
    """An event that was stored, and whoever stored it died."""
    start = reply("start")
    with pytest.raises(ConnectionError):
        await inbound_text(asking(house.context, ConnectionError()), start)
    return start


async def test_of_two_processes_one_takes_it_up(own: RunningHouse) -> None:
    events = [(await left(own)).id for _ in range(5)]
    assert sorted(await taken(later(own.context), events, processes=4)) == sorted(events)
    assert await taken(later(own.context), events) == []
    assert sorted(await taken(later(own.context, 2 * MINUTES), events)) == sorted(events)


async def taken(context: Context, events: list[str], processes: int = 1) -> list[str]:
    """Of these events, those that are taken up; mails of other tests come in meanwhile."""
    shares = await asyncio.gather(*(left_over(context) for _ in range(processes)))
    return [event.event_id for share in shares for event in share if event.event_id in events]


async def test_in_the_end_it_is_given_up(own: RunningHouse) -> None:
    start = await left(own)
    silent = asking(later(own.context, timedelta(days=3, minutes=1)), VendorRetry("twilio"))
    await handle_left_over(silent)
    event = await event_of(own, start.id)
    assert (event.outcome, event.payload) == ("given up", {"channel": "sms"})


class Refusing:
    """A database that is away for the first rounds."""

    def __init__(self, context: Context, times: int) -> None:
        self.context, self.times = context, times

    def transaction(self, actor: House) -> Any:
        self.times -= 1
        if self.times >= 0:
            raise ConnectionError
        return self.context.database.transaction(actor)


async def test_rounds_go_on_whatever_happens_in_one(own: RunningHouse) -> None:
    start = await left(own)
    rounds = Rounds(replace(later(own.context), database=cast(Any, Refusing(own.context, 2))), every_seconds=0.01)
    await rounds.start()

    async def done() -> bool:
        return (await event_of(own, start.id)).outcome == "start"

    await until(done)
    await rounds.stop()


async def test_what_was_stored_before_waits_for_the_vendor(own: RunningHouse) -> None:
    """It does not hold enough to be handled by ourselves."""
    async with own.database.transaction(House()) as session:
        session.add(WebhookEvent(vendor="stripe", event_id=f"evt_{UUID(int=7)}", kind="refund.failed", payload={}))
    assert await left_over(later(own.context)) == []
