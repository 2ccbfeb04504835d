"""How SendGrid signs its event webhooks: ECDSA over the time stamp and the body."""

import base64
import hashlib
import time
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def public_key(seed: str) -> str:
    """Base64 DER, as SendGrid shows it in its settings."""
    der = _private_key(seed).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def event_headers(seed: str) -> Callable[[str, str], dict[str, str]]:
    key = _private_key(seed)

    def headers(url: str, body: str) -> dict[str, str]:
        stamp = str(int(time.time()))
        signature = key.sign((stamp + body).encode(), ec.ECDSA(hashes.SHA256()))
        return {
            "content-type": "application/json; charset=utf-8",
            "x-twilio-email-event-webhook-timestamp": stamp,
            "x-twilio-email-event-webhook-signature": base64.b64encode(signature).decode(),
        }

    return headers


def _private_key(seed: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int(hashlib.sha256(seed.encode()).hexdigest(), 16), ec.SECP256R1())
