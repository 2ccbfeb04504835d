"""Which brand a host shows. Kept for a few seconds, because every request asks."""

import time
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from domain.actors import House
from domain.brand_tokens import Font
from models import Brand
from usecases.context import Context, DatabaseAway
from usecases.views import View

KEEP_SECONDS = 10.0
_known: dict[tuple[int, str], tuple[float, "BrandView"]] = {}


class BrandView(View):
    """`locales` are its languages, its own first; `jurisdiction` is where who registers with it is."""

    id: UUID
    organization_id: UUID
    name: str
    hue: int
    chroma: float
    radius: str
    font: Font | Literal[""]
    locales: tuple[str, ...]
    jurisdiction: str
    time_zone: str


async def brand_of(context: Context, host: str) -> BrandView | None:
    """The brand shown on `host` (without port); None: the host is not ours."""
    key = (id(context.database), host.lower())
    if (known := _known.get(key)) and time.monotonic() - known[0] < KEEP_SECONDS:
        return known[1]
    try:
        brand = await _stored(context, host.lower())
    except DatabaseAway:
        if known is None:
            raise
        brand = known[1]  # whoever comes while the database is away is told so by a face they know
    if brand is not None:
        _known[key] = (time.monotonic(), brand)
    return brand


async def _stored(context: Context, host: str) -> BrandView | None:
    async with context.database.transaction(House()) as session:
        row = (await session.scalars(select(Brand).where(col(Brand.host) == host))).one_or_none()
    return None if row is None else BrandView.model_validate(row)
