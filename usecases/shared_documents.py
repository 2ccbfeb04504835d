"""Documents that patients share: how they are kept, listed and opened, whoever asks."""

import os
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Actor
from domain.refusals import NotFound
from domain.shared_documents import file_name
from gateways.payload_codec import DataKey, KeyDestroyed
from models import SharedDocument, Specialist
from usecases.context import Context
from usecases.views import View

NONCE = 12


class DocumentLine(View):
    """`specialist`: whom alone it is for, "" when the whole care team may see it. `size` in bytes."""

    id: UUID
    title: str
    media_type: str
    size: int
    specialist: str
    shared_at: datetime
    expires_at: datetime
    expired: bool


class DocumentFile(View):
    name: str
    media_type: str
    content: bytes


def sealed(content: bytes, key: DataKey, document_id: UUID) -> bytes:
    """AES-256-GCM, bound to the document, so that nobody puts one in the place of another."""
    nonce = os.urandom(NONCE)
    return nonce + key.cipher.encrypt(nonce, content, document_id.bytes)


async def lines(context: Context, session: AsyncSession, *where: ColumnElement[bool]) -> tuple[DocumentLine, ...]:
    """Without their contents, the newest first."""
    names = ("id", "title", "media_type", "size", "shared_at", "expires_at")
    query = (
        select(*(getattr(SharedDocument, name) for name in names), col(Specialist.display_name).label("specialist"))
        .outerjoin(Specialist, col(Specialist.id) == col(SharedDocument.specialist_id))
        .where(*where)
        .order_by(col(SharedDocument.shared_at).desc())
    )
    return tuple(_line(row, context.now()) for row in (await session.execute(query)).all())


async def file_of(context: Context, actor: Actor, *where: ColumnElement[bool]) -> DocumentFile:
    """Raises `NotFound`: for what is absent, not shared with the actor, or of somebody who was forgotten."""
    async with context.database.transaction(actor) as session:
        row = (await session.scalars(select(SharedDocument).where(*where))).one_or_none()
    if row is None:
        raise NotFound
    try:
        key = await context.keyring.by_id(row.data_key_id)
    except KeyDestroyed as forgotten:
        raise NotFound from forgotten
    content = key.cipher.decrypt(row.content[:NONCE], row.content[NONCE:], row.id.bytes)
    return DocumentFile(name=file_name(row.media_type, row.shared_at), media_type=row.media_type, content=content)


def _line(row: Any, now: datetime) -> DocumentLine:
    told = row._asdict()
    return DocumentLine(**told | {"specialist": row.specialist or ""}, expired=row.expires_at <= now)
