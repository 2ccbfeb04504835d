"""Which template a message is written from."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.messages import CHANNELS, FALLBACK, Channel
from models import MessageTemplate


async def written_templates(
    session: AsyncSession, key: str, brand_id: UUID, languages: Sequence[str]
) -> dict[Channel, MessageTemplate]:
    """The fitting template of every channel that the message is written for.

    Raises LookupError without any: the packs are older than the release. Once newer ones are loaded, it is sent.
    """
    every = list(await session.scalars(select(MessageTemplate).where(col(MessageTemplate.key) == key)))
    best = {each: fitting((row for row in every if row.channel == each), brand_id, languages) for each in CHANNELS}
    written: dict[Channel, MessageTemplate] = {channel: template for channel, template in best.items() if template}
    if not written:
        raise LookupError(f"no template {key}: load a pack that has it")
    return written


def fitting(
    found: Iterable[MessageTemplate], brand_id: UUID | None, languages: Sequence[str]
) -> MessageTemplate | None:
    """In the first of `languages` there is, English last; the brand's own before everybody's; the newest."""
    order = [*languages, FALLBACK]
    mine = [row for row in found if row.brand_id in (None, brand_id) and row.locale in order]
    return min(mine, key=lambda row: (order.index(row.locale), row.brand_id is None, -row.version), default=None)
