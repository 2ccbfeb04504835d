"""SMS and WhatsApp through Twilio."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from twilio.request_validator import RequestValidator
from twilio.rest import Client

from gateways.errors import Forged
from gateways.messages import Channel, DeliveryEvent, DeliveryStatus, Inbound, InboundKind, Text
from gateways.twilio_http import TwilioHttp

STATUS: Mapping[str, DeliveryStatus] = {
    "accepted": "accepted",
    "queued": "accepted",
    "sending": "accepted",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
STOP_WORDS = frozenset(("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"))
START_WORDS = frozenset(("start", "unstop", "yes"))
CLOCKS_APART = timedelta(minutes=5)
RECENT = 200


@dataclass(frozen=True)
class TwilioConfig:
    """`sender` and `whatsapp_sender` are E.164. `base_url` None speaks to Twilio itself; `timeout` in seconds."""

    account_sid: str
    token: str = field(repr=False)
    sender: str
    whatsapp_sender: str
    base_url: str | None
    timeout: float = 10.0


@dataclass(frozen=True)
class _Word:
    """A STOP or START as the vendor lists it; a higher `place` is a later one."""

    sid: str
    at: datetime
    place: int
    kind: InboundKind


class TwilioTexter:
    """`gateways.messages.Texter` by Twilio."""

    def __init__(self, config: TwilioConfig) -> None:
        self._config = config
        self._validator = RequestValidator(config.token)
        transport = TwilioHttp(config.base_url, config.timeout)
        self._messages = Client(config.account_sid, config.token, http_client=transport).messages

    async def send(self, text: Text) -> str:
        message = await self._messages.create_async(
            to=_address(text.channel, text.to),
            from_=self._sender(text.channel),
            body=text.body,
            status_callback=_with_reference(text.status_callback_url, text.reference),
        )
        return str(message.sid)

    async def find(self, text: Text, since: datetime) -> str | None:
        earliest = since - CLOCKS_APART
        listed = await self._messages.list_async(
            to=_address(text.channel, text.to), from_=self._sender(text.channel), limit=RECENT
        )
        for message in listed:
            if message.body == text.body and (message.date_created or earliest) >= earliest:
                return str(message.sid)
        return None

    async def last_word(self, heard: Inbound) -> InboundKind:
        channels: tuple[Channel, ...] = ("sms", "whatsapp")
        words = [word for channel in channels for word in await self._words(channel, heard.sender)]
        if heard.id not in {word.sid for word in words}:
            return heard.kind
        return max(words, key=lambda word: (word.at, word.place)).kind

    async def _words(self, channel: Channel, phone: str) -> list[_Word]:
        """The vendor lists the newest first; its dates know no fraction of a second."""
        listed = await self._messages.list_async(to=self._sender(channel), from_=_address(channel, phone), limit=RECENT)
        said = [(str(each.sid), each.date_created, _kind(each.body or "")) for each in listed]
        return [_Word(sid, at, -place, kind) for place, (sid, at, kind) in enumerate(said) if kind != "other" and at]

    def parse_callback(self, url: str, form: Mapping[str, str], signature: str) -> DeliveryEvent:
        self._verify(url, form, signature)
        try:
            sid, status = form["MessageSid"], form["MessageStatus"]
            reference = parse_qs(urlsplit(url).query)["reference"][0]
            meaning: DeliveryStatus = STATUS[status]
        except LookupError:
            raise Forged("twilio", "shape") from None
        to, now = _bare(form.get("To", "")), datetime.now(UTC)
        return DeliveryEvent(f"{sid}.{status}", reference, meaning, to, now, form.get("ErrorCode", ""))

    def parse_inbound(self, url: str, form: Mapping[str, str], signature: str) -> Inbound:
        self._verify(url, form, signature)
        try:
            sid, sender, body = form["MessageSid"], form["From"], form["Body"]
        except LookupError:
            raise Forged("twilio", "shape") from None
        channel: Channel = "whatsapp" if sender.startswith("whatsapp:") else "sms"
        return Inbound(sid, channel, _bare(sender), body, _kind(body))

    def _sender(self, channel: Channel) -> str:
        number = self._config.sender if channel == "sms" else self._config.whatsapp_sender
        return _address(channel, number)

    def _verify(self, url: str, form: Mapping[str, str], signature: str) -> None:
        if not self._validator.validate(url, dict(form), signature):
            raise Forged("twilio", "signature")


def _address(channel: Channel, number: str) -> str:
    return number if channel == "sms" else f"whatsapp:{number}"


def _bare(address: str) -> str:
    return address.removeprefix("whatsapp:")


def _with_reference(url: str, reference: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'reference': reference})}"


def _kind(body: str) -> InboundKind:
    word = body.strip().lower()
    if word in STOP_WORDS:
        return "stop"
    return "start" if word in START_WORDS else "other"
