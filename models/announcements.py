"""Telling open pages that something changed: never what, only where to look again."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

CHANNEL = "fourdoors"
NOTIFY = text("select pg_notify(:channel, :topic)")


async def announce(session: AsyncSession, *topics: tuple[str, UUID | Any]) -> None:
    """Topics such as ("patient", id) or ("appointment", id); heard when the transaction commits."""
    for kind, key in topics:
        await session.execute(NOTIFY, {"channel": CHANNEL, "topic": f"{kind}/{key}"})
