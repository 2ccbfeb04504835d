"""Transactions on behalf of an actor. Nothing reads or writes a table in any other way."""

import hmac
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from domain.actors import Actor

TOKEN_SECONDS = 120
SET_ACTOR = text("select set_config('fourdoors.actor', :token, true)")


class ActorSigner:
    """Signs what the database is told about the actor; see `models/security.py`."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 32:
            raise ValueError("the actor key has at least 32 bytes")
        self._key = key

    def token(self, actor: Actor) -> str:
        claims = "|".join("" if claim is None else str(claim) for claim in actor.claims)
        body = f"{claims}|{int(time.time()) + TOKEN_SECONDS}"
        return f"{body}.{hmac.new(self._key, body.encode(), sha256).hexdigest()}"


class Database:
    """`url` is the application's own role; `transaction` is the only way in."""

    def __init__(self, url: str, actor_key: bytes, pool_size: int = 10) -> None:
        self.engine: AsyncEngine = create_async_engine(
            url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True, hide_parameters=True
        )
        self._signer = ActorSigner(actor_key)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self, actor: Actor) -> AsyncIterator[AsyncSession]:
        """One unit of work as `actor`: commits at the end, or not at all."""
        async with self._sessions() as session, session.begin():
            await session.execute(SET_ACTOR, {"token": self._signer.token(actor)})
            yield session

    async def close(self) -> None:
        await self.engine.dispose()
