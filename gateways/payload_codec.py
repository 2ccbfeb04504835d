"""What Temporal stores of us: every payload and every failure text, encrypted with the key of the person it is about.

A payload names its encoding, its key and its workflow. Namespace and workflow are authenticated with it, so it cannot
be moved into another workflow. What is not encrypted is refused: nobody puts words into a workflow past the house.
"""

import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    ActivitySerializationContext,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

ENCODING = b"binary/encrypted"
NONCE = 12
PLAIN, PACKED = b"\0", b"\1"


class Unreadable(Exception):
    """A payload that cannot be decoded here; the message says why, never what is in it."""


class NotEncrypted(Unreadable):
    """Not written by the house: by hand, or from before payloads were encrypted."""


class OfAnotherWorkflow(Unreadable):
    """Moved from the workflow it was written for."""


class KeyDestroyed(Unreadable):
    """Its person was forgotten."""


@dataclass(frozen=True)
class DataKey:
    id: UUID
    cipher: AESGCM


class Keys(Protocol):
    async def of_workflow(self, workflow_id: str) -> DataKey:
        """The key to encrypt with. Raises KeyDestroyed."""

    async def by_id(self, key_id: UUID) -> DataKey:
        """The key to decrypt with. Raises KeyDestroyed, or Unreadable when there never was one."""


@dataclass(frozen=True)
class EncryptingCodec(PayloadCodec, WithSerializationContext):
    """AES-256-GCM over the payload, packed first where that makes it smaller.

    `workflow_id` is set by the SDK for each call; without one a payload says itself which it belongs to.
    """

    keys: Keys
    namespace: str
    workflow_id: str | None = None

    def with_context(self, context: SerializationContext) -> "EncryptingCodec":
        if isinstance(context, WorkflowSerializationContext | ActivitySerializationContext):
            return replace(self, workflow_id=context.workflow_id)
        return self

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        workflow_id = self.workflow_id or ""
        key = await self.keys.of_workflow(workflow_id)
        return [self._sealed(payload, key, workflow_id) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Raises Unreadable."""
        return [await self._opened(payload) for payload in payloads]

    def _sealed(self, payload: Payload, key: DataKey, workflow_id: str) -> Payload:
        nonce = os.urandom(NONCE)
        sealed = key.cipher.encrypt(nonce, packed(payload.SerializeToString()), self._place(workflow_id))
        metadata = {"encoding": ENCODING, "key": str(key.id).encode(), "workflow": workflow_id.encode()}
        return Payload(metadata=metadata, data=nonce + sealed)

    async def _opened(self, payload: Payload) -> Payload:
        if not is_encrypted(payload):
            raise NotEncrypted
        workflow_id = workflow_of(payload)
        if self.workflow_id is not None and workflow_id != self.workflow_id:
            raise OfAnotherWorkflow
        key = await self.keys.by_id(key_of(payload))
        # Raises InvalidTag when anything was changed.
        opened = key.cipher.decrypt(payload.data[:NONCE], payload.data[NONCE:], self._place(workflow_id))
        return Payload.FromString(unpacked(opened))

    def _place(self, workflow_id: str) -> bytes:
        return f"{self.namespace}/{workflow_id}".encode()


def is_encrypted(payload: Payload) -> bool:
    return payload.metadata.get("encoding") == ENCODING


def workflow_of(payload: Payload) -> str:
    """The workflow an encrypted payload says it belongs to."""
    return payload.metadata["workflow"].decode()


def key_of(payload: Payload) -> UUID:
    """Raises Unreadable."""
    try:
        return UUID(payload.metadata["key"].decode())
    except ValueError as error:
        raise Unreadable from error


def packed(content: bytes) -> bytes:
    smaller = zlib.compress(content)
    return PACKED + smaller if len(smaller) < len(content) else PLAIN + content


def unpacked(content: bytes) -> bytes:
    return zlib.decompress(content[1:]) if content[:1] == PACKED else content[1:]
