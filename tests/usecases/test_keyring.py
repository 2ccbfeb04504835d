"""A person's key: which workflows it opens, what is left when it is destroyed, how master keys are changed."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlmodel import col
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from domain.actors import House, Patient
from gateways.master_keys import MasterKeys
from gateways.payload_codec import EncryptingCodec, KeyDestroyed, is_encrypted
from models import DataKey
from tests.fixtures.histories import history, payloads_in
from tests.fixtures.house import AURORA, RunningHouse
from tests.usecases.steps import journey_at_booking, new_patient, until
from usecases.keyring import HOUSE, REMEMBERED_SECONDS, Keyring
from usecases.keys import forget_subject_key, rewrap
from workflows import TASK_QUEUE
from workflows.ids import journey_workflow_id
from workflows.steps import SendAccountMessage


@dataclass
class Clock:
    """Seconds that pass when told to."""

    at: float = 0.0

    def __call__(self) -> float:
        return self.at


async def read(house: RunningHouse, keyring: Keyring, workflow_id: str) -> int:
    """How many payloads of the history are readable with these keys. Raises KeyDestroyed."""
    codec = EncryptingCodec(keyring, house.settings.temporal_namespace)
    found = [p for event in await history(house.temporal, workflow_id) for p in payloads_in(event)]
    assert not [payload for payload in found if not is_encrypted(payload)]
    return len(await codec.decode(found))


async def journey_of(house: RunningHouse, patient: Patient) -> str:
    return journey_workflow_id(await journey_at_booking(house, patient))


async def test_what_is_forgotten_is_unreadable_and_others_are_not(house: RunningHouse) -> None:
    forgotten, other = await new_patient(house, AURORA), await new_patient(house, AURORA)
    lost, kept = await journey_of(house, forgotten), await journey_of(house, other)
    clock = Clock()
    elsewhere = Keyring(house.database, house.context.keyring.masters, clock)
    assert await read(house, elsewhere, lost) > 5

    await house.temporal.get_workflow_handle(lost).terminate()
    await forget_subject_key(house.context, forgotten.person_id)
    with pytest.raises(KeyDestroyed):
        await read(house, house.context.keyring, lost)
    clock.at += REMEMBERED_SECONDS - 1
    assert await read(house, elsewhere, lost) > 5
    clock.at += 1
    with pytest.raises(KeyDestroyed):
        await read(house, elsewhere, lost)
    assert await read(house, elsewhere, kept) > 5
    async with house.database.transaction(House()) as session:
        row = (await session.scalars(select(DataKey).where(col(DataKey.subject_id) == forgotten.person_id))).one()
    assert (row.wrapped, row.destroyed_at is not None) == (b"", True)


async def test_somebody_who_comes_back_gets_a_new_key(house: RunningHouse) -> None:
    patient = await new_patient(house, AURORA)
    before, after = f"journey/{uuid4()}", f"journey/{uuid4()}"
    keyring = house.context.keyring
    await keyring.assign(before, patient.person_id)
    await forget_subject_key(house.context, patient.person_id)
    await keyring.assign(before, patient.person_id)
    await keyring.assign(after, patient.person_id)
    with pytest.raises(KeyDestroyed):
        await keyring.of_workflow(before)
    assert await keyring.of_workflow(after)


async def test_one_person_has_one_key_however_many_begin_at_once(house: RunningHouse) -> None:
    subject, workflows = uuid4(), [f"journey/{uuid4()}" for _ in range(8)]
    await asyncio.gather(*(house.context.keyring.assign(workflow, subject) for workflow in workflows))
    keys = {(await house.context.keyring.of_workflow(workflow)).id for workflow in workflows}
    assert len(keys) == 1


async def test_a_workflow_about_nobody_has_the_houses_key(house: RunningHouse) -> None:
    key = await house.context.keyring.of_workflow(f"sweep/{uuid4()}")
    async with house.database.transaction(House()) as session:
        assert (await session.get_one(DataKey, key.id)).subject_id == HOUSE


async def test_master_keys_are_changed_while_all_runs(house: RunningHouse) -> None:
    """New key behind the old one everywhere, then in front, then everything is wrapped anew, then the old one goes."""
    old = house.context.keyring.masters
    new = {"later": os.urandom(32)}
    both = MasterKeys({**new, **old.keys})
    patient = await new_patient(house, AURORA)
    workflow_id = await journey_of(house, patient)
    assert await rewrap(house.database, both) > 0
    assert await rewrap(house.database, both) == 0
    assert await read(house, Keyring(house.database, MasterKeys(new)), workflow_id) > 5
    await rewrap(house.database, MasterKeys({**old.keys, **new}))
    assert await read(house, Keyring(house.database, old), workflow_id) > 5


async def test_a_word_in_clear_moves_no_workflow(house: RunningHouse, temporal: Client) -> None:
    """Somebody who can write to Temporal but has no key."""
    patient = await new_patient(house, AURORA)
    forged = SendAccountMessage(person_id=patient.person_id, purpose="reset")
    started = await temporal.start_workflow("AccountMessage", forged, id=f"forged/{uuid4()}", task_queue=TASK_QUEUE)

    async def refused() -> bool:
        return any(event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED for event in await events())

    async def events() -> Sequence[HistoryEvent]:
        return await history(temporal, started.id)

    await until(refused)
    assert not any(event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED for event in await events())
    await started.terminate()
