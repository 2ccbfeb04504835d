"""What the codec promises: unreadable without the key, bound to its workflow, no larger than it has to be."""

import os
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from temporalio.api.common.v1 import Payload
from temporalio.converter import ActivitySerializationContext, WorkflowSerializationContext

from gateways.master_keys import MasterKeys
from gateways.payload_codec import (
    EncryptingCodec,
    NotEncrypted,
    OfAnotherWorkflow,
    Unreadable,
)
from tests.fixtures.keys import FewKeys

JOURNEY = WorkflowSerializationContext("fourdoors", "journey/1")
LETTER = Payload(metadata={"encoding": b"json/plain"}, data=b'{"note":"' + b"Lindqvist " * 40 + b'"}')


@pytest.fixture
def codec() -> EncryptingCodec:
    return EncryptingCodec(FewKeys(), "fourdoors")


async def test_there_and_back(codec: EncryptingCodec) -> None:
    """Whatever the SDK calls it: a workflow's own payload, its activity's, or without a word about where it belongs."""
    activity = ActivitySerializationContext("fourdoors", "1", "send", "queue", "journey/1", "PatientJourney", False)
    payloads = [LETTER, Payload(metadata={"encoding": b"binary/null"}), Payload(data=os.urandom(300))]
    for writes, reads in ((JOURNEY, activity), (activity, JOURNEY)):
        sealed = await codec.with_context(writes).encode(payloads)
        assert await codec.with_context(reads).decode(sealed) == payloads
        assert await codec.decode(sealed) == payloads


async def test_nothing_of_it_is_seen(codec: EncryptingCodec) -> None:
    [sealed] = await codec.with_context(JOURNEY).encode([LETTER])
    [again] = await codec.with_context(JOURNEY).encode([LETTER])
    assert b"Lindqvist" not in sealed.SerializeToString()
    assert sealed.data != again.data
    assert sealed.metadata["encoding"] == b"binary/encrypted"
    assert set(sealed.metadata) == {"encoding", "key", "workflow"}


async def test_it_is_packed_where_that_helps(codec: EncryptingCodec) -> None:
    [letter, noise] = await codec.encode([LETTER, Payload(data=os.urandom(300))])
    assert len(letter.data) < len(LETTER.data) / 3
    assert len(noise.data) < 300 + 50


async def test_it_cannot_be_moved(codec: EncryptingCodec) -> None:
    [sealed] = await codec.with_context(JOURNEY).encode([LETTER])
    other = codec.with_context(WorkflowSerializationContext("fourdoors", "journey/2"))
    with pytest.raises(OfAnotherWorkflow):
        await other.decode([sealed])
    renamed = Payload(metadata={**sealed.metadata, "workflow": b"journey/2"}, data=sealed.data)
    with pytest.raises(InvalidTag):
        await other.decode([renamed])
    with pytest.raises(InvalidTag):
        await EncryptingCodec(codec.keys, "elsewhere").decode([sealed])


async def test_it_cannot_be_changed(codec: EncryptingCodec) -> None:
    [sealed] = await codec.encode([LETTER])
    for place in (0, 20, len(sealed.data) - 1):
        data = bytearray(sealed.data)
        data[place] ^= 1
        with pytest.raises(InvalidTag):
            await codec.decode([Payload(metadata=sealed.metadata, data=bytes(data))])


async def test_what_is_not_encrypted_is_refused(codec: EncryptingCodec) -> None:
    with pytest.raises(NotEncrypted):
        await codec.decode([LETTER])


async def test_an_unknown_key_opens_nothing(codec: EncryptingCodec) -> None:
    [sealed] = await codec.encode([LETTER])
    for key in (str(uuid4()).encode(), b"no id"):
        with pytest.raises(Unreadable):
            await codec.decode([Payload(metadata={**sealed.metadata, "key": key}, data=sealed.data)])


def test_a_data_key_opens_only_under_its_own_id_and_a_master_key_we_have() -> None:
    before = MasterKeys.of(f"old:{'ab' * 32}")
    now = MasterKeys.of(f"new:{'cd' * 32}, old:{'ab' * 32}")
    key, key_id = os.urandom(32), uuid4()
    wrapped = before.wrap(key, key_id)
    assert (before.current, now.current) == ("old", "new")
    assert now.unwrap(wrapped, key_id, "old") == key
    with pytest.raises(InvalidTag):
        now.unwrap(wrapped, uuid4(), "old")
    with pytest.raises(KeyError):
        MasterKeys.of(f"new:{'cd' * 32}").unwrap(wrapped, key_id, "old")
