"""Challenges of passkeys: signed, so that asking costs no row; spent on the answer, so that none is answered twice."""

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.refusals import PasskeyRefused
from models import SpentChallenge
from models.base import values_of
from usecases.identity.sealing import derived_key

Purpose = Literal["register", "sign-in", "step-up"]
LASTS = timedelta(minutes=10)
RANDOM, STAMP = 16, 8


def issue(secret_key: bytes, purpose: Purpose, visit: str, now: datetime) -> bytes:
    """`visit` is what binds the challenge to one browser: the session's or the visitor's id."""
    body = secrets.token_bytes(RANDOM) + int((now + LASTS).timestamp()).to_bytes(STAMP)
    return body + _signature(secret_key, purpose, visit, body)


async def spend(
    session: AsyncSession, secret_key: bytes, challenge: bytes, purpose: Purpose, visit: str, now: datetime
) -> None:
    """Raises `PasskeyRefused` for a challenge that is not ours, too old, for something else, or spent."""
    body, signature = challenge[: RANDOM + STAMP], challenge[RANDOM + STAMP :]
    if not hmac.compare_digest(signature, _signature(secret_key, purpose, visit, body)):
        raise PasskeyRefused
    ends = datetime.fromtimestamp(int.from_bytes(body[RANDOM:]), UTC)
    if ends <= now:
        raise PasskeyRefused
    await session.execute(delete(SpentChallenge).where(col(SpentChallenge.expires_at) < now))
    spent = values_of(SpentChallenge(challenge_hash=sha256(challenge).hexdigest(), expires_at=ends))
    once = insert(SpentChallenge).values(spent).on_conflict_do_nothing().returning(col(SpentChallenge.id))
    if (await session.scalar(once)) is None:
        raise PasskeyRefused


def _signature(secret_key: bytes, purpose: Purpose, visit: str, body: bytes) -> bytes:
    return hmac.digest(derived_key(secret_key, "challenges"), f"{purpose}|{visit}|".encode() + body, "sha256")
