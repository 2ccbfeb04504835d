"""How Twilio signs its webhooks: the URL as called, then every form field, sorted by name."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from urllib.parse import parse_qsl


def twilio_headers(token: str) -> Callable[[str, str], dict[str, str]]:
    def headers(url: str, body: str) -> dict[str, str]:
        fields = sorted(parse_qsl(body, keep_blank_values=True))
        signed = url + "".join(name + value for name, value in fields)
        digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
        return {
            "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
            "x-twilio-signature": base64.b64encode(digest).decode(),
        }

    return headers
