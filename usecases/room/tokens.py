"""Room tokens: worthless without the session of the person, and at another appointment, time or person."""

import hmac
from datetime import datetime
from hashlib import sha256
from uuid import UUID

LONGEST = 80


def issue(key: bytes, appointment_id: UUID, person_id: UUID, starts_at: datetime, closes_at: datetime) -> str:
    """A token until `closes_at`; moving the appointment ends it. Fit for a path segment."""
    expires = int(closes_at.timestamp())
    return _token(key, appointment_id, person_id, starts_at, expires)


def holds(token: str, key: bytes, appointment_id: UUID, person_id: UUID, starts_at: datetime, now: datetime) -> bool:
    """Only the very letters that were issued: another spelling of the same time is no token."""
    if len(token) > LONGEST:
        return False
    try:
        expires = int(token.partition("-")[0], 16)
    except ValueError:
        return False
    right = _token(key, appointment_id, person_id, starts_at, expires)
    return hmac.compare_digest(token.encode(), right.encode()) and now.timestamp() < expires


def _token(key: bytes, appointment_id: UUID, person_id: UUID, starts_at: datetime, expires: int) -> str:
    bound = f"room:{appointment_id}:{person_id}:{int(starts_at.timestamp())}:{expires}"
    return f"{expires:x}-{hmac.new(key, bound.encode(), sha256).hexdigest()[:40]}"
