"""How Stripe signs its webhooks."""

import hashlib
import hmac
import time
from collections.abc import Callable


def stripe_headers(secret: str) -> Callable[[str, str], dict[str, str]]:
    def headers(url: str, body: str) -> dict[str, str]:
        stamp = int(time.time())
        digest = hmac.new(secret.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
        return {
            "content-type": "application/json; charset=utf-8",
            "stripe-signature": f"t={stamp},v1={digest}",
        }

    return headers
