"""The keys that wrap data keys. The first is current; the others still unwrap, so that keys rotate while all runs."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12


@dataclass(frozen=True)
class MasterKeys:
    """Key id -> 32 bytes, in order."""

    keys: Mapping[str, bytes]

    @classmethod
    def of(cls, setting: str) -> "MasterKeys":
        """From `id:64 hex digits`, separated by commas."""
        pairs = (part.strip().partition(":") for part in setting.split(","))
        return cls({name: bytes.fromhex(digits) for name, _, digits in pairs})

    @property
    def current(self) -> str:
        return next(iter(self.keys))

    def wrap(self, key: bytes, key_id: UUID) -> bytes:
        """`key` under the current master key, bound to the data key's id."""
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(self.keys[self.current]).encrypt(nonce, key, key_id.bytes)

    def unwrap(self, wrapped: bytes, key_id: UUID, master_key_id: str) -> bytes:
        """Raises KeyError for a master key we do not have, InvalidTag for a forged line."""
        master = AESGCM(self.keys[master_key_id])
        return master.decrypt(wrapped[:NONCE], wrapped[NONCE:], key_id.bytes)
