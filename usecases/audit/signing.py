"""The key that signs where chains end: Ed25519, made of the secret key; the database never sees it.

Whoever holds its public key can check a chain, and public keys of former secret keys stay good for ever.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from hashlib import sha256
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from domain.audit import Signed
from usecases.identity.sealing import derived_key


class AuditKeys:
    """`former`: public keys of earlier secret keys, 64 hex digits each."""

    def __init__(self, secret_key: bytes, former: Iterable[str] = ()) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(derived_key(secret_key, "audit"))
        self.public = self._private.public_key().public_bytes_raw().hex()
        self._known = {
            _key_id(each): Ed25519PublicKey.from_public_bytes(bytes.fromhex(each)) for each in (self.public, *former)
        }

    def sign(self, statement: Signed, kind: Literal["head", "seal"]) -> Signed:
        keyed = statement.model_copy(update={"key_id": _key_id(self.public)})
        signature = urlsafe_b64encode(self._private.sign(keyed.said(kind))).decode().rstrip("=")
        return keyed.model_copy(update={"signature": signature})

    def believes(self, signed: Signed, kind: Literal["head", "seal"]) -> bool:
        known = self._known.get(signed.key_id)
        if known is None:
            return False
        try:
            known.verify(urlsafe_b64decode(signed.signature + "=="), signed.said(kind))
        except (InvalidSignature, ValueError):
            return False
        return True


def _key_id(public: str) -> str:
    return sha256(bytes.fromhex(public)).hexdigest()[:16]
