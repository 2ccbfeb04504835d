"""E-mail through SendGrid."""

import asyncio
import http.client
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sendgrid
from python_http_client.exceptions import HTTPError
from sendgrid.helpers.eventwebhook import EventWebhook

from gateways.errors import Forged, VendorBug
from gateways.messages import DeliveryEvent, DeliveryStatus, Email
from gateways.sendgrid_errors import classify

STATUS: Mapping[str, DeliveryStatus] = {
    "processed": "sent",
    "delivered": "delivered",
    "bounce": "bounced",
    "dropped": "failed",
    "spamreport": "complained",
    "unsubscribe": "unsubscribed",
    "group_unsubscribe": "unsubscribed",
}
ABOUT_THE_ADDRESS = ("Bounced Address", "Unsubscribed Address", "Spam Reporting Address", "Invalid")
"""Of the reasons why a mail was dropped. The others are about us: a quota that is used up, what looks like spam."""
MARGIN_S = 1.0


@dataclass(frozen=True)
class SendGridConfig:
    """`sender` is an e-mail address. `public_key` is the event webhook's, base64 DER, as SendGrid shows it.

    `base_url` None speaks to SendGrid itself; `timeout` bounds every call, in seconds.
    """

    key: str = field(repr=False)
    public_key: str
    sender: str
    base_url: str | None
    timeout: float = 10.0


class SendGridMailer:
    """`gateways.messages.Mailer` by SendGrid. Its SDK blocks, so every call runs in a thread."""

    def __init__(self, config: SendGridConfig) -> None:
        logging.getLogger("python_http_client").setLevel(logging.WARNING)
        self._config = config
        host = {"host": config.base_url} if config.base_url else {}
        self._api = sendgrid.SendGridAPIClient(config.key, **host)
        self._api.client.timeout = config.timeout

    async def send(self, email: Email) -> str:
        body = mail_body(email, self._config.sender)
        answer = await self._call(lambda: self._api.send(body), reading=False)
        vendor_id = answer.headers.get("X-Message-Id")
        if not vendor_id:
            raise VendorBug("sendgrid", "no_message_id")
        return str(vendor_id)

    async def find(self, reference: str) -> str | None:
        if not reference.replace("-", "").isalnum():
            raise VendorBug("sendgrid", "reference")
        query = {"query": f"(unique_args['reference']=\"{reference}\")", "limit": 1}
        answer = await self._call(lambda: self._api.client.messages.get(query_params=query), reading=True)
        found = json.loads(answer.body)["messages"]
        return str(found[0]["msg_id"]).partition(".")[0] if found else None

    def parse_events(self, payload: bytes, signature: str, timestamp: str) -> list[DeliveryEvent]:
        try:
            text = payload.decode()
            if not EventWebhook(self._config.public_key).verify_signature(text, signature, timestamp):
                raise Forged("sendgrid", "signature")
            return [_event(one) for one in json.loads(text) if one["event"] in STATUS and "reference" in one]
        except (ValueError, LookupError, TypeError, AttributeError):
            raise Forged("sendgrid", "signature") from None

    async def _call(self, call: Callable[[], Any], *, reading: bool) -> Any:
        try:
            async with asyncio.timeout(self._config.timeout + MARGIN_S):
                return await asyncio.to_thread(call)
        except (HTTPError, http.client.HTTPException, OSError) as error:
            raise classify(error, reading=reading) from None


def mail_body(email: Email, sender: str) -> dict[str, Any]:
    """SendGrid's JSON: no tracking, so links stay ours and nobody is watched reading."""
    return {
        "from": {"email": sender, "name": email.from_name},
        "personalizations": [{"to": [{"email": email.to}], "custom_args": {"reference": email.reference}}],
        "subject": email.subject,
        "content": [
            {"type": "text/plain", "value": email.text},
            {"type": "text/html", "value": email.html},
        ],
        "categories": [email.category],
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": {"enable": False},
        },
    }


def _status(event: Mapping[str, Any]) -> DeliveryStatus:
    """A bounce of type "blocked" is of that hour (a full mailbox, a busy server) and says nothing of the address."""
    if event["event"] == "bounce" and event.get("type") == "blocked":
        return "failed"
    if event["event"] == "dropped" and event.get("reason") in ABOUT_THE_ADDRESS:
        return "suppressed"
    return STATUS[event["event"]]


def _event(event: Mapping[str, Any]) -> DeliveryEvent:
    return DeliveryEvent(
        id=str(event["sg_event_id"]),
        reference=str(event["reference"]),
        status=_status(event),
        address=str(event["email"]),
        at=datetime.fromtimestamp(event["timestamp"], UTC),
        reason=str(event.get("reason", "")) if event["event"] == "dropped" else "",
    )
