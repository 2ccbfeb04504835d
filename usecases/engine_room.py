"""What engineers may read of the engine: payloads about their own organization's people, and every look is noted."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import select
from sqlmodel import col
from temporalio.api.common.v1 import Payload

from domain.actors import House, Operator
from domain.refusals import InvalidInput
from gateways.payload_codec import EncryptingCodec, KeyDestroyed, Unreadable, is_encrypted, key_of, workflow_of
from models import DataKey, Person
from usecases.audit.noting import note
from usecases.context import Context
from usecases.identity.doors import Identity
from usecases.identity.rate_limit import limit
from usecases.keyring import HOUSE
from usecases.permission import needs

AT_ONCE = 500
A_MINUTE = 600
FORGOTTEN = Payload(metadata={"encoding": b"json/plain"}, data=b'"Unreadable: the key of this person is destroyed."')


@needs("run:decode", act="")
async def decode(
    context: Context, operator: Operator, identity: Identity, payloads: Sequence[Payload]
) -> list[Payload]:
    """In their order: decoded; `FORGOTTEN`; or as it came, when it is not theirs to read or was never encrypted.

    Raises `NotAllowed`, `TooManyRequests`, or `InvalidInput` for more than 500 at once.
    """
    await limit(context, "decode", str(identity.person_id), A_MINUTE, timedelta(minutes=1))
    if len(payloads) > AT_ONCE:
        raise InvalidInput({"payloads": f"At most {AT_ONCE} at once."})
    theirs = await _theirs(context, operator, {key for payload in payloads if (key := _key(payload))})
    await decoded(context, operator, sorted({workflow_of(p) for p in payloads if _key(p) in theirs}))
    codec = EncryptingCodec(context.keyring, context.temporal.namespace)
    return [await _read(codec, payload) if _key(payload) in theirs else payload for payload in payloads]


async def decoded(context: Context, operator: Operator, workflow_ids: Iterable[str]) -> None:
    """Note who reads which workflows, before they read."""
    for workflow_id in workflow_ids:
        kind, _, key = workflow_id.partition("/")
        await note(context, operator, "run:decode", of=kind, id=_uuid(key))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def _read(codec: EncryptingCodec, payload: Payload) -> Payload:
    try:
        return (await codec.decode([payload]))[0]
    except KeyDestroyed:
        return FORGOTTEN
    except (Unreadable, InvalidTag):
        return payload


async def _theirs(context: Context, operator: Operator, keys: set[UUID]) -> set[UUID]:
    """Of the keys those whose person the operator may see, by the database's own walls; and the house's."""
    async with context.database.transaction(House()) as session:
        rows = (await session.scalars(select(DataKey).where(col(DataKey.id).in_(keys)))).all()
    subjects = {row.subject_id for row in rows}
    async with context.database.transaction(operator) as session:
        seen = set(await session.scalars(select(col(Person.id)).where(col(Person.id).in_(subjects)))) | {HOUSE}
    return {row.id for row in rows if row.subject_id in seen}


def _key(payload: Payload) -> UUID | None:
    try:
        return key_of(payload) if is_encrypted(payload) else None
    except Unreadable:
        return None
