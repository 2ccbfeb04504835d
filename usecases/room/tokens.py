"""Room tokens: worthless without the session of the person, and at another appointment, time or person."""

import hmac
from datetime import datetime
from hashlib import sha256
from uuid import UUID

LONGEST = 80


def issue(key: bytes, appointment_id: UUID, person_id: UUID, starts_at: datetime, closes_at: datetime) -> str:
    """A token until `closes_at`; moving the appointment ends it. Fit for a path segment."""
    expires = int(closes_at.timestamp())
    return f"{expires:x}-{_signature(key, appointment_id, person_id, starts_at, expires)}"


def holds(token: str, key: bytes, appointment_id: UUID, person_id: UUID, starts_at: datetime, now: datetime) -> bool:
    if len(token) > LONGEST:
        return False
    expiry, _, signature = token.partition("-")
    try:
        expires = int(expiry, 16)
    except ValueError:
        return False
    right = _signature(key, appointment_id, person_id, starts_at, expires)
    return hmac.compare_digest(signature.encode(), right.encode()) and now.timestamp() < expires


def _signature(key: bytes, appointment_id: UUID, person_id: UUID, starts_at: datetime, expires: int) -> str:
    bound = f"room:{appointment_id}:{person_id}:{int(starts_at.timestamp())}:{expires}"
    return hmac.new(key, bound.encode(), sha256).hexdigest()[:40]
