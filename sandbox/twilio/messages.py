"""Messages: sent, fetched, listed; replies and the words that switch a phone off and on."""

import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from email.utils import format_datetime
from urllib.parse import urlencode

from sandbox.store import Json
from sandbox.twilio.errors import TwilioRefusal
from sandbox.twilio.numbers import UNREACHABLE, check_recipient, check_sender, split
from sandbox.world import World

CREATE_FIELDS = frozenset(("To", "From", "Body", "StatusCallback"))
LIST_FIELDS = frozenset(("To", "From", "DateSent", "DateSent<", "DateSent>", "PageSize", "Page", "PageToken"))
LONGEST = 1600
LARGEST_PAGE = 1000
STEPS = (("queued", 0.0), ("sent", 0.15))
OUTCOME_AFTER = 0.3
STOP = frozenset(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"))
START = frozenset(("START", "YES", "UNSTOP"))
FAREWELL = "You have successfully been unsubscribed from this number. Reply START to resubscribe."
WELCOME = "You have successfully been re-subscribed to this number. Reply STOP to unsubscribe."


def create(world: World, form: Mapping[str, str]) -> Json:
    _known(form, CREATE_FIELDS)
    for name, code in (("To", 21604), ("From", 21603), ("Body", 21602)):
        if not form.get(name):
            raise TwilioRefusal(400, code, f"A '{name}' is required to send a message.")
    if len(form["Body"]) > LONGEST:
        raise TwilioRefusal(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
    check_recipient(form["To"])
    check_sender(form["From"], form["To"])
    if (callback := form.get("StatusCallback")) and not callback.startswith(("http://", "https://")):
        raise TwilioRefusal(400, 21609, f"The 'StatusCallback' URL {callback[:80]} is not a valid URL.")
    if world.store.get("opt_out", _opt_out(form["From"], form["To"])):
        raise TwilioRefusal(400, 21610, "Attempt to send to unsubscribed recipient")
    message = record(world, "outbound-api", form["From"], form["To"], form["Body"])
    if form.get("StatusCallback"):
        _report(world, message, form["StatusCallback"])
    return message


def reply(world: World, phone: str, number: str, body: str) -> Json:
    """A person answers from `phone` to our `number`, both with their channel."""
    message = record(world, "inbound", phone, number, body)
    word = body.strip().upper()
    if word in STOP:
        world.store.put("opt_out", {"id": _opt_out(number, phone)})
        record(world, "outbound-reply", number, phone, FAREWELL)
    if word in START:
        world.store.delete("opt_out", _opt_out(number, phone))
        record(world, "outbound-reply", number, phone, WELCOME)
    if world.webhook_url is not None:
        world.courier.send("twilio", f"{world.webhook_url}/webhooks/twilio", _inbound_form(world, message))
    return message


def record(world: World, direction: str, sender: str, to: str, body: str) -> Json:
    """`_thread` is the person's address, `_ours` our number, `_at` seconds since 1970."""
    person, ours = (sender, to) if direction == "inbound" else (to, sender)
    sid = f"SM{secrets.token_hex(16)}"
    fields = {"direction": direction, "from": sender, "to": to, "body": body}
    inner = {"_thread": person, "_ours": ours, "_at": world.clock.now()}
    return world.store.put("message", {"id": sid, **fields, **inner}, owner=person)


def fetch(world: World, sid: str, query: Mapping[str, str]) -> Json:
    _known(query, frozenset())
    message = world.store.get("message", sid)
    if message is None:
        path = f"/2010-04-01/Accounts/{world.options.twilio_sid}/Messages/{sid}.json"
        raise TwilioRefusal(404, 20404, f"The requested resource {path} was not found")
    return message


def list_messages(world: World, query: Mapping[str, str]) -> Json:
    _known(query, LIST_FIELDS)
    size, number = _number(query, "PageSize", 50, least=1), _number(query, "Page", 0, least=0)
    for name in ("DateSent", "DateSent<", "DateSent>"):
        _day(query.get(name))
    fitting = [one for one in world.store.newest("message") if _fits(one, query)]
    cut = fitting[number * size : (number + 1) * size]
    path = f"/2010-04-01/Accounts/{world.options.twilio_sid}/Messages.json"
    following = urlencode({**query, "PageSize": size, "Page": number + 1})
    return {
        "messages": [shown(world, one) for one in cut],
        "page": number,
        "page_size": size,
        "uri": path,
        "next_page_uri": f"{path}?{following}" if len(fitting) > (number + 1) * size else None,
        "previous_page_uri": None,
        "first_page_uri": path,
        "start": number * size,
        "end": number * size + len(cut) - 1,
    }


def shown(world: World, message: Json) -> Json:
    """The message as Twilio shows it, with its status at this moment."""
    at = format_datetime(datetime.fromtimestamp(message["_at"], UTC))
    account, status = world.options.twilio_sid, _status(world, message)
    return {
        "sid": message["id"],
        "account_sid": account,
        "to": message["to"],
        "from": message["from"],
        "body": message["body"],
        "direction": message["direction"],
        "status": status,
        "date_created": at,
        "date_updated": at,
        "date_sent": at,
        "num_segments": "1",
        "num_media": "0",
        "error_code": _unreachable(message) if status == "undelivered" else None,
        "error_message": None,
        "messaging_service_sid": None,
        "price": None,
        "price_unit": "USD",
        "api_version": "2010-04-01",
        "uri": f"/2010-04-01/Accounts/{account}/Messages/{message['id']}.json",
        "subresource_uris": {},
    }


def _status(world: World, message: Json) -> str:
    if message["direction"] == "inbound":
        return "received"
    age = world.clock.now() - message["_at"]
    return [status for status, after in _steps(message) if age >= after][-1]


def _steps(message: Json) -> tuple[tuple[str, float], ...]:
    return (*STEPS, ("undelivered" if _unreachable(message) else "delivered", OUTCOME_AFTER))


def _unreachable(message: Json) -> int | None:
    """Why it does not arrive, if it does not."""
    return UNREACHABLE.get(split(message["to"]))


def _report(world: World, message: Json, url: str) -> None:
    for status, after in _steps(message):
        fields = {
            "MessageSid": message["id"],
            "SmsSid": message["id"],
            "AccountSid": world.options.twilio_sid,
            "From": message["from"],
            "To": message["to"],
            "MessageStatus": status,
            "SmsStatus": status,
            "ApiVersion": "2010-04-01",
        }
        if status == "undelivered":
            fields["ErrorCode"] = str(_unreachable(message))
        world.courier.send("twilio", url, urlencode(fields), after=after)


def _inbound_form(world: World, message: Json) -> str:
    fields = {
        "MessageSid": message["id"],
        "SmsSid": message["id"],
        "AccountSid": world.options.twilio_sid,
        "From": message["from"],
        "To": message["to"],
        "Body": message["body"],
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
    }
    return urlencode(fields)


def _opt_out(ours: str, person: str) -> str:
    return f"{split(ours)[1]} {person}"


def _known(given: Mapping[str, str], fields: frozenset[str]) -> None:
    unknown = sorted(set(given) - fields)
    if unknown:
        raise TwilioRefusal(400, 20001, f"Unknown parameters: {', '.join(unknown)}")


def _number(query: Mapping[str, str], name: str, standard: int, least: int) -> int:
    text = query.get(name, str(standard))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least):
        raise TwilioRefusal(400, 20001, f"Invalid {name}: {text[:20]}")
    return min(int(text), LARGEST_PAGE) if name == "PageSize" else int(text)


def _day(text: str | None) -> None:
    try:
        date.fromisoformat((text or "2010-04-01")[:10])
    except ValueError:
        raise TwilioRefusal(400, 20001, "Invalid DateSent: it has to be YYYY-MM-DD") from None


def _fits(message: Json, query: Mapping[str, str]) -> bool:
    day = datetime.fromtimestamp(message["_at"], UTC).date().isoformat()
    return (
        query.get("To", message["to"]) == message["to"]
        and query.get("From", message["from"]) == message["from"]
        and query.get("DateSent", day)[:10] == day
        and query.get("DateSent<", day)[:10] >= day
        and query.get("DateSent>", day)[:10] <= day
    )
