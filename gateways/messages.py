"""Reaching a person by e-mail, SMS or WhatsApp: what we ask of a message vendor, in our own words.

Neither vendor knows idempotency keys: after an ambiguous answer call `find`; never send blindly again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Channel = Literal["sms", "whatsapp"]
DeliveryStatus = Literal[
    "accepted", "sent", "delivered", "failed", "bounced", "suppressed", "complained", "unsubscribed"
]
InboundKind = Literal["stop", "start", "other"]


@dataclass(frozen=True)
class Email:
    """`reference` is our id of this message and comes back with every event; `category` names its kind."""

    to: str
    from_name: str
    subject: str
    html: str
    text: str
    reference: str
    category: str


@dataclass(frozen=True)
class Text:
    """`to` is E.164. `status_callback_url` gets `reference` as a query parameter before it is sent."""

    channel: Channel
    to: str
    body: str
    reference: str
    status_callback_url: str


@dataclass(frozen=True)
class DeliveryEvent:
    """`id` is the same for every copy of one event; events come unordered, a status never goes back.

    `reason` is the vendor's word for a failure, where it has one.
    """

    id: str
    reference: str
    status: DeliveryStatus
    address: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True)
class Inbound:
    """A person's reply. `sender` is E.164."""

    id: str
    channel: Channel
    sender: str
    body: str
    kind: InboundKind


class Mailer(Protocol):
    async def send(self, email: Email) -> str:
        """The vendor's id of the message. Raises the errors of `gateways.errors`."""
        ...

    async def find(self, reference: str) -> str | None:
        """The vendor's id of a message sent with this reference; the vendor learns of it seconds later."""
        ...

    def parse_events(self, payload: bytes, signature: str, timestamp: str) -> list[DeliveryEvent]:
        """Raises Forged."""
        ...


class Texter(Protocol):
    async def send(self, text: Text) -> str:
        """The vendor's id of the message. Raises the errors of `gateways.errors`."""
        ...

    async def find(self, text: Text, since: datetime) -> str | None:
        """The vendor's id of a message with this recipient and body, created at or after `since`."""
        ...

    async def last_word(self, heard: Inbound) -> InboundKind:
        """STOP or START, whichever the phone that said `heard` has said last, on either channel.

        What the vendor does not list yet was said last.
        """
        ...

    def parse_callback(self, url: str, form: Mapping[str, str], signature: str) -> DeliveryEvent:
        """`url` as the vendor called it, with its query. Raises Forged."""
        ...

    def parse_inbound(self, url: str, form: Mapping[str, str], signature: str) -> Inbound:
        """Raises Forged."""
        ...
