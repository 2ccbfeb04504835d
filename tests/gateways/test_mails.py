"""E-mail through the real SDK: sent, refused, looked up, and what becomes of it."""

from dataclasses import replace
from uuid import uuid4

import pytest

from gateways.errors import (
    Forged,
    VendorConfiguration,
    VendorError,
    VendorIndeterminate,
    VendorNeedsCustomer,
    VendorRetry,
)
from gateways.messages import DeliveryEvent, Email
from gateways.sendgrid_mail import SendGridConfig, SendGridMailer
from tests.fixtures.receiver import Receiver
from tests.fixtures.sandbox import SandboxServer
from tests.gateways.conftest import sendgrid_mailer
from usecases.webhooks import SUPPRESSING

EMAIL = Email("jane@example.com", "Aurora", "Your appointment", "<p>Tomorrow</p>", "Tomorrow", str(uuid4()), "reminder")
FAULTS: list[tuple[str, type[VendorError], int]] = [
    ("error_before", VendorIndeterminate, 0),
    ("error_after", VendorIndeterminate, 1),
    ("rate_limit", VendorRetry, 0),
    ("conflict", VendorRetry, 0),
    ("drop_before", VendorIndeterminate, 0),
    ("drop_after", VendorIndeterminate, 1),
    ("slow_after", VendorIndeterminate, 1),
]


async def test_a_mail_arrives_and_is_found(sandbox: SandboxServer, mailer: SendGridMailer) -> None:
    vendor_id = await mailer.send(EMAIL)
    [mail] = await sandbox.seen("mails")
    assert (mail["to"], mail["from_name"], mail["subject"]) == ("jane@example.com", "Aurora", "Your appointment")
    assert (mail["html"], mail["text"], mail["categories"]) == ("<p>Tomorrow</p>", "Tomorrow", ["reminder"])
    assert await mailer.find(EMAIL.reference) == vendor_id
    assert await mailer.find(str(uuid4())) is None


@pytest.mark.parametrize(("fault", "expected", "sent"), FAULTS)
async def test_every_fault_is_named_and_the_look_up_tells_what_happened(
    sandbox: SandboxServer, mailer: SendGridMailer, fault: str, expected: type[VendorError], sent: int
) -> None:
    await sandbox.fault("sendgrid", fault, "POST /v3/mail/send", seconds=2.5)
    with pytest.raises(expected):
        await mailer.send(EMAIL)
    assert (await sandbox.seen("totals"))["mails"] == sent
    assert ((await mailer.find(EMAIL.reference)) is not None) == bool(sent)


@pytest.mark.parametrize("fault", [fault for fault, _, _ in FAULTS])
async def test_a_look_up_that_fails_may_simply_be_repeated(
    sandbox: SandboxServer, mailer: SendGridMailer, fault: str
) -> None:
    await sandbox.fault("sendgrid", fault, "GET /v3/messages", seconds=2.5)
    with pytest.raises(VendorRetry):
        await mailer.find(EMAIL.reference)
    assert await mailer.find(EMAIL.reference) is None


@pytest.mark.parametrize(
    ("address", "statuses"),
    [
        ("jane@example.com", ["sent", "delivered"]),
        ("bounce@example.com", ["sent", "bounced"]),
        ("blocked@example.com", ["sent", "failed"]),
        ("suppressed@example.com", ["suppressed"]),
        ("unsubscribed@example.com", ["suppressed"]),
        ("invalid@example.com", ["suppressed"]),
        ("overquota@example.com", ["failed"]),
        ("unwanted@example.com", ["failed"]),
        ("spam@example.com", ["sent", "delivered", "complained"]),
    ],
)
async def test_what_becomes_of_a_mail_is_told(
    mailer: SendGridMailer, receiver: Receiver, address: str, statuses: list[str]
) -> None:
    await mailer.send(replace(EMAIL, to=address))
    events = await received(mailer, receiver, len(statuses))
    assert [event.status for event in events] == statuses
    assert {(event.reference, event.address) for event in events} == {(EMAIL.reference, address)}


async def test_after_a_bounce_the_address_is_suppressed(mailer: SendGridMailer, receiver: Receiver) -> None:
    await mailer.send(replace(EMAIL, to="bounce@example.com"))
    await receiver.wait_for(2)
    await mailer.send(replace(EMAIL, to="bounce@example.com"))
    assert (await received(mailer, receiver, 3))[-1].status == "suppressed"


async def test_after_a_complaint_the_address_is_suppressed(mailer: SendGridMailer, receiver: Receiver) -> None:
    await mailer.send(replace(EMAIL, to="spam@example.com"))
    await receiver.wait_for(3)
    await mailer.send(replace(EMAIL, to="spam@example.com"))
    last = (await received(mailer, receiver, 4))[-1]
    assert (last.status, last.reason) == ("suppressed", "Spam Reporting Address")


async def test_after_a_mail_dropped_for_our_sake_the_address_is_written_to_again(
    mailer: SendGridMailer, receiver: Receiver
) -> None:
    for _ in range(2):
        await mailer.send(replace(EMAIL, to="overquota@example.com"))
    events = await received(mailer, receiver, 2)
    assert {(event.status, event.reason) for event in events} == {("failed", "Recipient List over Package Quota")}
    assert not {event.status for event in events} & set(SUPPRESSING)


async def test_after_a_block_the_address_is_written_to_again(mailer: SendGridMailer, receiver: Receiver) -> None:
    """The mailbox was full, or the server busy: that is over some day."""
    await mailer.send(replace(EMAIL, to="blocked@example.com"))
    await receiver.wait_for(2)
    await mailer.send(replace(EMAIL, to="blocked@example.com"))
    statuses = [event.status for event in await received(mailer, receiver, 4)]
    assert statuses == ["sent", "failed", "sent", "failed"]
    assert not set(statuses) & set(SUPPRESSING)


async def test_forged_events_are_refused(mailer: SendGridMailer, receiver: Receiver) -> None:
    await mailer.send(EMAIL)
    good = (await receiver.wait_for(1))[0]
    signature = good.headers["x-twilio-email-event-webhook-signature"]
    stamp = good.headers["x-twilio-email-event-webhook-timestamp"]
    for body, claim, at in (
        (good.body.replace(b"processed", b"delivered"), signature, stamp),
        (good.body, signature, "1"),
        (good.body, "garbage!", stamp),
        (good.body, "\u00e9", stamp),
        (good.body, "", stamp),
        (b"\xff", signature, stamp),
    ):
        with pytest.raises(Forged):
            mailer.parse_events(body, claim, at)
    assert mailer.parse_events(good.body, signature, stamp)


async def test_our_own_mistakes_are_named(sandbox: SandboxServer, mailer: SendGridMailer) -> None:
    with pytest.raises(VendorConfiguration):
        await sendgrid_mailer(sandbox, key="SG.wrong").send(EMAIL)
    with pytest.raises(VendorNeedsCustomer):
        await mailer.send(replace(EMAIL, to="not an address"))
    nobody = SendGridMailer(SendGridConfig("SG.x", "", "a@b.example", "http://127.0.0.1:9", 1.0))
    with pytest.raises(VendorRetry):
        await nobody.send(EMAIL)
    assert (await sandbox.seen("totals"))["mails"] == 0


async def received(mailer: SendGridMailer, receiver: Receiver, count: int) -> list[DeliveryEvent]:
    return [
        event
        for one in await receiver.wait_for(count)
        for event in mailer.parse_events(
            one.body,
            one.headers["x-twilio-email-event-webhook-signature"],
            one.headers["x-twilio-email-event-webhook-timestamp"],
        )
    ]
