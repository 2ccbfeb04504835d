"""Transactions on behalf of an actor. Nothing reads or writes a table in any other way."""

import asyncio
import hmac
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal
from weakref import WeakKeyDictionary

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from domain.access.rows import GRANTS
from domain.actors import Actor
from models.outage import PATIENCE_SECONDS, give_up_whoever_keeps_us_waiting, noticed, noticed_on
from models.policies import ROLES
from models.security import key_id

TOKEN_SECONDS = 120
AS_ACTOR = "with actor as materialized (select set_config('fourdoors.actor', $1, true))"
SET_ACTOR = text("select set_config('role', :role, true), set_config('fourdoors.actor', :token, true)")


def refuse_a_closed_one(connection: Any, *_: Any) -> None:
    """The driver knows at once when the server has gone: asking the server each time would cost a round trip."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


async def leave_as_it_is(_: object) -> None:
    """What is set is set for one transaction, which is over, so there is nothing to ask the server to forget."""


class ActorSigner:
    """Signs what the database is told about the actor; see `models/security.py`."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 32:
            raise ValueError("the actor key has at least 32 bytes")
        self._mac, self.key_id = hmac.new(key, digestmod="sha256"), key_id(key)

    def token(self, actor: Actor) -> str:
        claims = "|".join("" if claim is None else str(claim) for claim in actor.claims)
        grants = ",".join(sorted(actor.permissions & GRANTS))
        body = f"{self.key_id}|{claims}|{grants}|{int(time.time()) + TOKEN_SECONDS}"
        signed = self._mac.copy()
        signed.update(body.encode())
        return f"{body}.{signed.hexdigest()}"


class Database:
    """`url` is the application's own role; `transaction` is the only way in.

    Raises `DatabaseAway` when nothing is there, or answers no statement within `patience` seconds; None: however long.
    """

    def __init__(
        self, url: str, actor_key: bytes, pool_size: int = 10, patience: float | None = PATIENCE_SECONDS
    ) -> None:
        self._longest = patience or PATIENCE_SECONDS
        self._waits = {"timeout": self._longest, "command_timeout": patience}
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=self._longest,
            hide_parameters=True,
            connect_args=self._waits,
        )
        event.listen(self.engine.sync_engine, "checkout", refuse_a_closed_one)
        event.listen(self.engine.sync_engine, "handle_error", give_up_whoever_keeps_us_waiting)
        self._signer = ActorSigner(actor_key)
        self._plain_url = url.replace("+asyncpg", "")
        self._pool_size = pool_size
        self._pools: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, asyncio.Task[asyncpg.Pool]]] = (
            WeakKeyDictionary()
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self, actor: Actor) -> AsyncIterator[AsyncSession]:
        """One unit of work as `actor`: commits at the end, or not at all."""
        with noticed():
            async with self._sessions() as session, session.begin():
                await session.execute(SET_ACTOR, {"role": ROLES[actor.kind], "token": self._signer.token(actor)})
                yield session

    async def value(self, actor: Actor, expression: str, *values: object) -> Any:
        """One expression as `actor`, in one round trip: for questions that thousands ask at once.

        `values` are $2, $3 … of `expression`; $1 is the actor's token.
        """
        query = f"{AS_ACTOR} select {expression} from actor"
        async with self._lent(actor) as connection:
            return await connection.fetchval(query, self._signer.token(actor), *values)

    @asynccontextmanager
    async def bare(
        self, actor: Actor, isolation: Literal["read_committed", "repeatable_read"] = "read_committed"
    ) -> AsyncIterator[asyncpg.Connection]:
        """Like `transaction`, but on asyncpg itself: for what is written or read thousands of times a second.

        With `repeatable_read`, all that is read is of one moment.
        """
        async with self._lent(actor) as connection, connection.transaction(isolation=isolation):
            with noticed_on(connection):
                await connection.execute("select set_config('fourdoors.actor', $1, true)", self._signer.token(actor))
                yield connection

    async def close(self) -> None:
        for opening in [opening for pools in self._pools.values() for opening in pools.values()]:
            await (await opening).close()
        self._pools.clear()
        await self.engine.dispose()

    @asynccontextmanager
    async def _lent(self, actor: Actor) -> AsyncIterator[asyncpg.Connection]:
        pool = await self._pool(ROLES[actor.kind])
        with noticed():
            async with pool.acquire(timeout=self._longest) as connection:
                with noticed_on(connection):
                    yield connection

    async def _pool(self, role: str) -> asyncpg.Pool:
        """A statement is planned before it could take a role, so these connections have it from the beginning."""
        pools = self._pools.setdefault(asyncio.get_running_loop(), {})
        if role not in pools:
            pools[role] = asyncio.ensure_future(self._open_pool(role))
        return await pools[role]

    async def _open_pool(self, role: str) -> asyncpg.Pool:
        settings = {"role": role, "timezone": "UTC"}
        return await asyncpg.create_pool(
            self._plain_url,
            min_size=0,
            max_size=self._pool_size,
            server_settings=settings,
            reset=leave_as_it_is,
            **self._waits,
        )
