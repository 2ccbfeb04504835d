"""Whose key a workflow's payloads are encrypted with: one data key for each person, destroyed to forget them."""

import os
import time
from collections.abc import Callable
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import House
from gateways.master_keys import MasterKeys
from gateways.payload_codec import DataKey, KeyDestroyed, Unreadable
from models import DataKey as KeyRow
from models import WorkflowKey
from models.base import values_of
from models.session import Database

HOUSE = UUID(int=0)
"""The subject of workflows that are about nobody."""
REMEMBERED_SECONDS = 60.0
"""How long a process uses a key without looking again: the longest a destroyed one still opens anything."""
MOST = 20_000


class Keyring:
    """The keys this process has seen lately. `clock` is monotonic, in seconds."""

    def __init__(self, database: Database, masters: MasterKeys, clock: Callable[[], float] = time.monotonic) -> None:
        self.database = database
        self.masters = masters
        self.clock = clock
        self._seen: dict[str | UUID, tuple[float, DataKey]] = {}

    async def assign(self, workflow_id: str, subject_id: UUID) -> None:
        """Say before a workflow starts whose it is; a workflow that has a key keeps it."""
        async with self.database.transaction(House()) as session:
            key = await _key_of(session, self.masters, subject_id)
            line = WorkflowKey(workflow_id=workflow_id, data_key_id=key.id)
            await session.execute(insert(WorkflowKey).values(values_of(line)).on_conflict_do_nothing())
        self._seen.pop(workflow_id, None)

    async def of_workflow(self, workflow_id: str) -> DataKey:
        if known := self._known(workflow_id):
            return known
        mine = (
            select(KeyRow)
            .join(WorkflowKey, col(WorkflowKey.data_key_id) == col(KeyRow.id))
            .where(col(WorkflowKey.workflow_id) == workflow_id)
        )
        async with self.database.transaction(House()) as session:
            row = await session.scalar(mine) or await _key_of(session, self.masters, HOUSE)
        return self._remember(row, workflow_id)

    async def of_subject(self, subject_id: UUID) -> DataKey:
        """To encrypt what belongs to the person and to no workflow."""
        async with self.database.transaction(House()) as session:
            row = await _key_of(session, self.masters, subject_id)
        return self._remember(row, row.id)

    async def by_id(self, key_id: UUID) -> DataKey:
        if known := self._known(key_id):
            return known
        async with self.database.transaction(House()) as session:
            row = await session.get(KeyRow, key_id)
        if row is None:
            raise Unreadable
        return self._remember(row, key_id)

    def drop(self, key_id: UUID) -> None:
        """Forget at once here; other processes do within `REMEMBERED_SECONDS`."""
        self._seen = {name: (at, key) for name, (at, key) in self._seen.items() if key.id != key_id}

    def _known(self, name: str | UUID) -> DataKey | None:
        since, key = self._seen.get(name, (None, None))
        return key if since is not None and self.clock() - since < REMEMBERED_SECONDS else None

    def _remember(self, row: KeyRow, name: str | UUID) -> DataKey:
        if row.destroyed_at is not None:
            raise KeyDestroyed
        if len(self._seen) >= MOST:
            self._seen.clear()
        key = DataKey(row.id, AESGCM(self.masters.unwrap(row.wrapped, row.id, row.master_key_id)))
        self._seen[name] = (self.clock(), key)
        return key


async def _key_of(session: AsyncSession, masters: MasterKeys, subject_id: UUID) -> KeyRow:
    """The subject's living key, made when there is none yet."""
    living = select(KeyRow).where(col(KeyRow.subject_id) == subject_id, col(KeyRow.destroyed_at).is_(None))
    if (found := await session.scalar(living)) is not None:
        return found
    key_id = uuid4()
    wrapped = masters.wrap(os.urandom(32), key_id)
    row = KeyRow(id=key_id, subject_id=subject_id, wrapped=wrapped, master_key_id=masters.current)
    await session.execute(insert(KeyRow).values(values_of(row)).on_conflict_do_nothing())
    return (await session.scalars(living)).one()
