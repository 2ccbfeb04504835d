"""SMS and WhatsApp through the real SDK: sent, refused, looked up, answered."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateways.errors import (
    Forged,
    VendorBlocked,
    VendorBug,
    VendorConfiguration,
    VendorError,
    VendorIndeterminate,
    VendorNeedsCustomer,
    VendorRetry,
)
from gateways.messages import Channel, Text
from gateways.twilio_text import TwilioConfig, TwilioTexter
from tests.fixtures.receiver import Receiver
from tests.fixtures.sandbox import SandboxServer
from tests.gateways.conftest import twilio_texter

PHONE = "+4915112345678"
TEXT = Text("sms", PHONE, "You have an appointment tomorrow at 14:00.", "m-1", "http://127.0.0.1:9/webhooks/twilio")
CREATE = "POST /2010-04-01"
FAULTS: list[tuple[str, type[VendorError], int]] = [
    ("error_before", VendorIndeterminate, 0),
    ("error_after", VendorIndeterminate, 1),
    ("rate_limit", VendorRetry, 0),
    ("conflict", VendorRetry, 0),
    ("drop_before", VendorIndeterminate, 0),
    ("drop_after", VendorIndeterminate, 1),
    ("slow_after", VendorIndeterminate, 1),
]


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
async def test_a_text_arrives_and_is_found(sandbox: SandboxServer, texter: TwilioTexter, channel: Channel) -> None:
    text = replace(TEXT, channel=channel)
    before = datetime.now(UTC)
    sid = await texter.send(text)
    [message] = await sandbox.seen("messages")
    assert message["sid"] == sid
    assert message["to"] == (PHONE if channel == "sms" else f"whatsapp:{PHONE}")
    assert await texter.find(text, before) == sid


async def test_the_look_up_confuses_no_messages(texter: TwilioTexter) -> None:
    now = datetime.now(UTC)
    await texter.send(TEXT)
    assert await texter.find(replace(TEXT, body="Another text"), now) is None
    assert await texter.find(replace(TEXT, to="+4915187654321"), now) is None
    assert await texter.find(replace(TEXT, channel="whatsapp"), now) is None
    assert await texter.find(TEXT, now + timedelta(hours=1)) is None


@pytest.mark.parametrize(("fault", "expected", "sent"), FAULTS)
async def test_every_fault_is_named_and_the_look_up_tells_what_happened(
    sandbox: SandboxServer, texter: TwilioTexter, fault: str, expected: type[VendorError], sent: int
) -> None:
    before = datetime.now(UTC)
    await sandbox.fault("twilio", fault, CREATE, seconds=2.5)
    with pytest.raises(expected):
        await texter.send(TEXT)
    assert (await sandbox.seen("totals"))["messages"] == sent
    assert ((await texter.find(TEXT, before)) is not None) == bool(sent)


@pytest.mark.parametrize("fault", [fault for fault, _, _ in FAULTS])
async def test_a_look_up_that_fails_may_simply_be_repeated(
    sandbox: SandboxServer, texter: TwilioTexter, fault: str
) -> None:
    await sandbox.fault("twilio", fault, "GET ", seconds=2.5, times=None)
    with pytest.raises(VendorRetry):
        await texter.find(TEXT, datetime.now(UTC))
    await sandbox.clear_faults()
    assert await texter.find(TEXT, datetime.now(UTC)) is None


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+15005550001", VendorNeedsCustomer),
        ("+15005550004", VendorBlocked),
        ("+15005550009", VendorNeedsCustomer),
        ("not a number", VendorNeedsCustomer),
    ],
)
async def test_numbers_that_are_refused(
    sandbox: SandboxServer, texter: TwilioTexter, number: str, expected: type[VendorError]
) -> None:
    with pytest.raises(expected) as caught:
        await texter.send(replace(TEXT, to=number))
    assert number not in str(caught.value)
    assert (await sandbox.seen("totals"))["messages"] == 0


async def test_stop_switches_a_phone_off_and_start_on(
    sandbox: SandboxServer, texter: TwilioTexter, receiver: Receiver
) -> None:
    for said, kind in (("Stop ", "stop"), ("hello", "other"), ("START", "start")):
        await sandbox.reply(PHONE, said)
        delivery = (await receiver.wait_for(1))[0]
        inbound = texter.parse_inbound(delivery.url, delivery.form, delivery.headers["x-twilio-signature"])
        assert (inbound.channel, inbound.sender, inbound.body, inbound.kind) == ("sms", PHONE, said, kind)
        receiver.deliveries.clear()
        if kind != "start":
            with pytest.raises(VendorBlocked, match="21610"):
                await texter.send(TEXT)
            assert (await sandbox.seen("totals"))["messages"] == 0
    await texter.send(TEXT)
    assert (await sandbox.seen("totals"))["messages"] == 1


async def test_delivery_is_told_by_callbacks_with_our_reference(texter: TwilioTexter, receiver: Receiver) -> None:
    await texter.send(replace(TEXT, status_callback_url=f"{receiver.url}/webhooks/twilio"))
    events = [
        texter.parse_callback(one.url, one.form, one.headers["x-twilio-signature"])
        for one in await receiver.wait_for(3)
    ]
    assert [event.status for event in events] == ["accepted", "sent", "delivered"]
    assert {(event.reference, event.address) for event in events} == {("m-1", PHONE)}
    assert len({event.id for event in events}) == 3


@pytest.mark.parametrize(
    ("channel", "number", "code"),
    [("sms", "+15005530003", "30003"), ("sms", "+15005530006", "30006"), ("whatsapp", "+15005530006", "63024")],
)
async def test_what_cannot_be_delivered_is_told_after_it_was_sent(
    texter: TwilioTexter, receiver: Receiver, channel: Channel, number: str, code: str
) -> None:
    url = f"{receiver.url}/webhooks/twilio"
    await texter.send(replace(TEXT, channel=channel, to=number, status_callback_url=url))
    events = [
        texter.parse_callback(one.url, one.form, one.headers["x-twilio-signature"])
        for one in await receiver.wait_for(3)
    ]
    assert [(event.status, event.reason) for event in events] == [("accepted", ""), ("sent", ""), ("failed", code)]


async def test_callbacks_doubled_and_in_disorder_keep_their_ids(
    sandbox: SandboxServer, texter: TwilioTexter, receiver: Receiver
) -> None:
    await sandbox.knobs("twilio", duplicates=1, disorder=1.5)
    await texter.send(replace(TEXT, status_callback_url=f"{receiver.url}/webhooks/twilio"))
    statuses = [one.form["MessageStatus"] for one in await receiver.wait_for(6)]
    assert statuses != sorted(statuses, key=["queued", "sent", "delivered"].index)
    assert {status: statuses.count(status) for status in statuses} == {"queued": 2, "sent": 2, "delivered": 2}


async def test_forged_callbacks_are_refused(texter: TwilioTexter, receiver: Receiver) -> None:
    await texter.send(replace(TEXT, status_callback_url=f"{receiver.url}/webhooks/twilio"))
    good = (await receiver.wait_for(1))[0]
    signature = good.headers["x-twilio-signature"]
    for url, form, claim in (
        (good.url, {**good.form, "MessageStatus": "delivered"}, signature),
        (good.url.replace("m-1", "m-2"), good.form, signature),
        (good.url, good.form, ""),
        (good.url, good.form, "\u00e9garbage"),
    ):
        with pytest.raises(Forged):
            texter.parse_callback(url, form, claim)


async def test_our_own_mistakes_are_named(sandbox: SandboxServer, texter: TwilioTexter) -> None:
    with pytest.raises(VendorConfiguration):
        await twilio_texter(sandbox, token="wrong").send(TEXT)
    with pytest.raises(VendorBug):
        await texter.send(replace(TEXT, body="x" * 1601))
    nobody = TwilioTexter(TwilioConfig("AC0", "token", "+15005550006", "+15005550006", "http://127.0.0.1:9", 1.0))
    with pytest.raises(VendorRetry):
        await nobody.send(TEXT)
    assert (await sandbox.seen("totals"))["messages"] == 0
