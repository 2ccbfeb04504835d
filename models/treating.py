"""Who may treat for an organization, and until when."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.licensing import LicenceHeld, may_treat_until
from models.catalogue import AppointmentType
from models.specialist import Engagement, Licence, Specialist


async def last_days(
    session: AsyncSession, organization_id: UUID, jurisdiction: str, kind: AppointmentType, today: date
) -> dict[UUID, date]:
    """Until which day whoever is engaged for this type today may treat there: the engagement's, or the licence's."""
    engaged = select(Engagement).where(
        col(Engagement.organization_id) == organization_id,
        col(Engagement.status) == "active",
        col(Engagement.effective_from) <= today,
    )
    ends = {
        row.specialist_id: row.effective_until or date.max
        for row in await session.scalars(engaged)
        if not row.appointment_types or kind.key in row.appointment_types
    }
    licences: dict[UUID, list[LicenceHeld]] = {}
    for licence in await session.scalars(select(Licence).where(col(Licence.specialist_id).in_(ends))):
        licences.setdefault(licence.specialist_id, []).append(LicenceHeld(licence.jurisdiction, licence.expires_on))
    professions = select(col(Specialist.id), col(Specialist.profession)).where(col(Specialist.id).in_(ends))
    found = {
        specialist_id: may_treat_until(profession, licences.get(specialist_id, ()), jurisdiction)
        for specialist_id, profession in await session.execute(professions)
    }
    return {specialist_id: min(day, ends[specialist_id]) for specialist_id, day in found.items() if day}
