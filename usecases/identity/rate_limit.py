"""How often something may be tried, counted in Postgres so that every process counts together."""

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import text

from domain.actors import House
from domain.refusals import TooManyRequests
from usecases.context import Context

COUNT = text(
    """
    insert into rate_window (id, key, started_at, uses) values (gen_random_uuid(), :key, :now, 1)
    on conflict (key) do update set
      uses = case when rate_window.started_at < :since then 1 else rate_window.uses + 1 end,
      started_at = case when rate_window.started_at < :since then :now else rate_window.started_at end
    returning uses, started_at
    """
)


async def limit(context: Context, what: str, who: str, at_most: int, per: timedelta) -> None:
    """Count one use of `what` by `who`; raise `TooManyRequests` past `at_most` in `per`. `who` is stored hashed."""
    now = context.now()
    key = f"{what}/{sha256(who.lower().encode()).hexdigest()[:32]}"
    async with context.database.transaction(House()) as session:
        uses, began = (await session.execute(COUNT, {"key": key, "now": now, "since": now - per})).one()
    if uses > at_most:
        raise TooManyRequests(began + per - now)


async def limit_codes(context: Context, person_id: UUID) -> None:
    """Tries of a code or password of somebody who is half in; six digits then stand years of guessing."""
    await limit(context, "codes-of", str(person_id), 10, timedelta(minutes=10))
    await limit(context, "codes-of-by-day", str(person_id), 60, timedelta(days=1))


async def limit_passkeys(context: Context, who: str) -> None:
    """Answers of passkeys from one address, or new ones of one person."""
    await limit(context, "passkeys-of", who, 30, timedelta(minutes=10))
