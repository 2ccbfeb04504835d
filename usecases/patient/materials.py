"""Preparation texts: what was offered for a session, and the receipt that it was read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Patient
from domain.refusals import NotFound
from domain.words import said
from models import Material, OfferedMaterial
from models.announcements import announce
from usecases.context import Context
from usecases.permission import needs
from usecases.views import View


class MaterialView(View):
    id: UUID
    appointment_id: UUID | None
    title: str
    body: str
    offered_at: datetime
    read_at: datetime | None


@needs("material:read", act="")
async def materials(
    context: Context, patient: Patient, locale: str, appointment_id: UUID | None = None
) -> list[MaterialView]:
    """What was offered, for one appointment or for all, the newest first."""
    async with context.database.transaction(patient) as session:
        return await offered(session, patient, locale, appointment_id)


async def offered(
    session: AsyncSession, patient: Patient, locale: str, appointment_id: UUID | None = None
) -> list[MaterialView]:
    query = (
        select(OfferedMaterial, Material)
        .join(Material, col(Material.key) == col(OfferedMaterial.material_key))
        .where(col(OfferedMaterial.patient_id) == patient.patient_id)
        .order_by(col(OfferedMaterial.offered_at).desc())
    )
    if appointment_id is not None:
        query = query.where(col(OfferedMaterial.appointment_id) == appointment_id)
    return [_view(row, material, locale) for row, material in await session.execute(query)]


@needs("material:read", of="material")
async def mark_read(context: Context, patient: Patient, offered_id: UUID) -> UUID | None:
    """Keep the first time it was read; answers the appointment it belongs to. Raises `NotFound`."""
    async with context.database.transaction(patient) as session:
        row = await session.get(OfferedMaterial, offered_id, with_for_update=True)
        if row is None or row.patient_id != patient.patient_id:
            raise NotFound
        if row.read_at is None:
            row.read_at = context.now()
            await announce(session, ("patient", patient.patient_id), ("journey", row.journey_id))
        return row.appointment_id


def _view(row: OfferedMaterial, material: Material, locale: str) -> MaterialView:
    return MaterialView(
        id=row.id,
        appointment_id=row.appointment_id,
        title=said(material.title, locale),
        body=said(material.body, locale),
        offered_at=row.offered_at,
        read_at=row.read_at,
    )
