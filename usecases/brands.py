"""Which brand a host shows. Kept for a few seconds, because every request asks."""

import time
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from domain.actors import House
from models import Brand
from usecases.context import Context

KEEP_SECONDS = 10.0
_known: dict[tuple[int, str], tuple[float, Brand | None]] = {}


async def brand_of(context: Context, host: str) -> Brand | None:
    """The brand shown on `host` (without port); None: the host is not ours."""
    key = (id(context.database), host.lower())
    read_at, brand = _known.get(key, (-KEEP_SECONDS, None))
    if time.monotonic() - read_at < KEEP_SECONDS and brand is not None:
        return brand
    async with context.database.transaction(House()) as session:
        brand = (await session.scalars(select(Brand).where(col(Brand.host) == host.lower()))).one_or_none()
    if brand is not None:
        _known[key] = (time.monotonic(), brand)
    return brand


async def brand_by_id(context: Context, brand_id: UUID) -> Brand:
    async with context.database.transaction(House()) as session:
        return await session.get_one(Brand, brand_id)
