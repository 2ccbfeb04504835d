"""E-mails: taken in, delivered or not, and found again by a custom argument."""

import json
import re
import secrets
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sandbox.sendgrid.errors import SendGridRefusal
from sandbox.store import Json
from sandbox.world import World

HOOK = "/webhooks/sendgrid"
ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*")
QUERY = re.compile(r"\(?\s*unique_args\[['\"](\w+)['\"]\]\s*=\s*\"([^\"]*)\"\s*\)?")

DROPPED = {
    "suppressed": "Bounced Address",
    "unsubscribed": "Unsubscribed Address",
    "invalid": "Invalid",
    "overquota": "Recipient List over Package Quota",
    "unwanted": "Spam Content",
}
"""How addresses begin to which mail is dropped, and why."""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Address(Part):
    email: str
    name: str | None = None


class Personalization(Part):
    to: list[Address] = Field(min_length=1)
    subject: str | None = None
    custom_args: dict[str, str] = {}


class Content(Part):
    type: str
    value: str = Field(min_length=1)


class Mail(Part):
    """The body of POST /v3/mail/send, as far as it is used here."""

    personalizations: list[Personalization] = Field(min_length=1)
    sender: Address = Field(alias="from")
    reply_to: Address | None = None
    subject: str = Field(min_length=1)
    content: list[Content] = Field(min_length=1)
    categories: list[str] = []
    custom_args: dict[str, str] = {}
    headers: dict[str, str] = {}
    tracking_settings: dict[str, Any] = {}


def send(world: World, mail: Mail) -> str:
    """The message's id. What becomes of it is told by events."""
    _check_addresses(mail)
    id = secrets.token_urlsafe(16)
    for number, personalization in enumerate(mail.personalizations):
        for address in personalization.to:
            _deliver(world, mail, personalization, address.email, id, number)
    return id


def find(world: World, query: str, limit: int) -> list[Json]:
    """The Email Activity feed, newest first. Raises SendGridRefusal for a query it does not understand."""
    found = QUERY.fullmatch(query)
    if found is None:
        raise SendGridRefusal(400, "invalid query", "query")
    name, value = found.groups()
    mails = [one for one in world.store.newest("mail") if one["args"].get(name) == value]
    return [_activity(one) for one in mails[:limit]]


def _deliver(world: World, mail: Mail, personalization: Personalization, to: str, id: str, number: int) -> None:
    fate = _fate(world, to)
    contents = {content.type: content.value for content in mail.content}
    stored = {
        "id": f"{id}.recvd-sandbox-{number}-{secrets.token_hex(4)}",
        "to": to,
        "from": mail.sender.email,
        "from_name": mail.sender.name,
        "subject": personalization.subject or mail.subject,
        "text": contents.get("text/plain", ""),
        "html": contents.get("text/html", ""),
        "categories": mail.categories,
        "args": mail.custom_args | personalization.custom_args,
        "events": fate,
        "at": world.clock.now(),
    }
    world.store.put("mail", stored, owner=to.lower())
    if {"bounce", "spamreport"} & set(fate):
        world.store.put("suppression", {"id": to.lower(), "reason": fate[-1]})
    if world.webhook_url is not None:
        for step, event in enumerate(fate):
            body = json.dumps([_event(world, stored, event)])
            world.courier.send("sendgrid", world.webhook_url + HOOK, body, after=0.15 * step)


def _fate(world: World, to: str) -> list[str]:
    """What happens to a mail, told by the beginning of its address; the second mail to a bad one is dropped."""
    name = to.lower()
    if world.store.get("suppression", name) or name.startswith(tuple(DROPPED)):
        return ["dropped"]
    if name.startswith("bounce"):
        return ["processed", "bounce"]
    if name.startswith("blocked"):
        return ["processed", "blocked"]
    return ["processed", "delivered", "spamreport"] if name.startswith("spam") else ["processed", "delivered"]


def _event(world: World, mail: Json, event: str) -> Json:
    """A block is told as a bounce of that type."""
    more = {
        "bounce": {"type": "bounce", "reason": "550 5.1.1 no such user"},
        "blocked": {"event": "bounce", "type": "blocked", "reason": "452 4.2.2 mailbox full"},
        "dropped": {"reason": _why_dropped(world, mail["to"].lower())},
    }
    fields = {
        **mail["args"],
        "email": mail["to"],
        "timestamp": int(world.clock.now()),
        "event": event,
        "category": mail["categories"],
        "sg_event_id": secrets.token_urlsafe(16),
        "sg_message_id": mail["id"],
    }
    return fields | more.get(event, {})


def _why_dropped(world: World, to: str) -> str:
    known = world.store.get("suppression", to)
    if known is not None and known["reason"] == "spamreport":
        return "Spam Reporting Address"
    return next((why for name, why in DROPPED.items() if to.startswith(name)), "Bounced Address")


def _activity(mail: Json) -> Json:
    last = mail["events"][-1]
    status = {"processed": "processing", "delivered": "delivered", "spamreport": "delivered"}.get(last)
    return {
        "msg_id": mail["id"],
        "from_email": mail["from"],
        "to_email": mail["to"],
        "subject": mail["subject"],
        "status": status or "not_delivered",
        "opens_count": 0,
        "clicks_count": 0,
        "last_event_time": datetime.fromtimestamp(mail["at"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _check_addresses(mail: Mail) -> None:
    if not ADDRESS.fullmatch(mail.sender.email):
        raise SendGridRefusal(400, "Does not contain a valid address.", "from.email")
    for place, personalization in enumerate(mail.personalizations):
        for number, address in enumerate(personalization.to):
            if not ADDRESS.fullmatch(address.email):
                field = f"personalizations.{place}.to.{number}.email"
                raise SendGridRefusal(400, "Does not contain a valid address.", field)
