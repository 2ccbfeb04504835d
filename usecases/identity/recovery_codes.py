"""Ten codes on paper for the day the phone is gone. Each works once; only their hashes are stored."""

import secrets
from base64 import b32encode
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models import RecoveryCode
from usecases.identity.tokens import token_hash

HOW_MANY = 10
BYTES = 15
"""120 bits: too many to guess from a stolen hash."""
GROUP = 4


async def renew(session: AsyncSession, person_id: UUID) -> tuple[str, ...]:
    """New codes, like "ABCD-EFGH-IJKL-MNOP-QRST-UVWX"; the earlier ones open nothing any more."""
    await forget(session, person_id)
    codes = tuple(b32encode(secrets.token_bytes(BYTES)).decode() for _ in range(HOW_MANY))
    session.add_all(RecoveryCode(person_id=person_id, code_hash=token_hash(code)) for code in codes)
    return tuple("-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP)) for code in codes)


async def spend(session: AsyncSession, person_id: UUID, code: str, now: datetime) -> bool:
    """Whether `code` was good, which it is once; spaces, hyphens and case do not matter."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    mine = (col(RecoveryCode.person_id) == person_id, col(RecoveryCode.code_hash) == token_hash(plain))
    unused = update(RecoveryCode).where(*mine, col(RecoveryCode.used_at).is_(None)).values(used_at=now)
    return (await session.scalar(unused.returning(col(RecoveryCode.id)))) is not None


async def left(session: AsyncSession, person_id: UUID) -> int:
    unused = (col(RecoveryCode.person_id) == person_id, col(RecoveryCode.used_at).is_(None))
    return await session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


async def forget(session: AsyncSession, person_id: UUID) -> None:
    await session.execute(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person_id))
