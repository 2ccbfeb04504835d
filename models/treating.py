"""Who may treat for an organization where the patient is, and until when."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.licensing import LicenceHeld, may_treat_until
from models.catalogue import AppointmentType
from models.specialist import Engagement, Licence, Specialist


@dataclass(frozen=True)
class Eligible:
    """Who may treat the patient where the patient is, up to and including the day `until`."""

    specialist: Specialist
    until: date


def in_force(today: date) -> ColumnElement[bool]:
    """Of engagements: those that have not ended."""
    return (col(Engagement.status) == "active") & (func.coalesce(col(Engagement.effective_until), today) >= today)


async def who_may_treat(
    session: AsyncSession,
    organization_id: UUID,
    jurisdiction: str,
    kind: AppointmentType,
    today: date,
    only: UUID | None = None,
) -> list[Eligible]:
    """Engaged by the organization for this type today, and licensed there; by name. `only`: nobody but this one."""
    this = true() if only is None else col(Engagement.specialist_id) == only
    engaged = (
        select(Specialist, col(Engagement.appointment_types), col(Engagement.effective_until))
        .join(Engagement, col(Engagement.specialist_id) == col(Specialist.id))
        .where(
            col(Engagement.organization_id) == organization_id,
            col(Engagement.status) == "active",
            col(Engagement.effective_from) <= today,
            this,
        )
        .order_by(col(Specialist.display_name), col(Specialist.id))
    )
    found = (await session.execute(engaged)).all()
    theirs = select(col(Engagement.specialist_id)).where(col(Engagement.organization_id) == organization_id, this)
    held = await _licences(session, theirs)
    eligible = []
    for specialist, grouped in groupby(found, key=lambda row: row[0]):
        fitting = [until or date.max for _, types, until in grouped if not types or kind.key in types]
        licensed = may_treat_until(specialist.profession, held[specialist.id], jurisdiction)
        if fitting and licensed and min(max(fitting), licensed) >= today:
            eligible.append(Eligible(specialist, min(max(fitting), licensed)))
    return eligible


async def _licences(session: AsyncSession, theirs: "Select[UUID]") -> dict[UUID, set[LicenceHeld]]:
    """As plain values: there are hundreds, and nobody changes them."""
    query = select(col(Licence.specialist_id), col(Licence.jurisdiction), col(Licence.expires_on))
    held: dict[UUID, set[LicenceHeld]] = defaultdict(set)
    for specialist_id, where, expires_on in await session.execute(query.where(col(Licence.specialist_id).in_(theirs))):
        held[specialist_id].add(LicenceHeld(where, expires_on))
    return held
