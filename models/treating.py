"""Who may treat for an organization where the patient is, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
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
    session: AsyncSession, organization_id: UUID, jurisdiction: str, kind: AppointmentType, today: date
) -> list[Eligible]:
    """Engaged by the organization for this type today, and licensed there; by name."""
    engaged = (
        select(Specialist, Engagement, Licence)
        .join(Engagement, col(Engagement.specialist_id) == col(Specialist.id))
        .outerjoin(Licence, col(Licence.specialist_id) == col(Specialist.id))
        .where(
            col(Engagement.organization_id) == organization_id,
            col(Engagement.status) == "active",
            col(Engagement.effective_from) <= today,
        )
        .order_by(col(Specialist.display_name), col(Specialist.id))
    )
    found = (await session.execute(engaged)).all()
    eligible = []
    for _, grouped in groupby(found, key=lambda row: row[0].id):
        rows = list(grouped)
        until = _last_day(rows, jurisdiction, kind.key)
        if until and until >= today:
            eligible.append(Eligible(rows[0][0], until))
    return eligible


def _last_day(rows: Sequence[tuple[Specialist, Engagement, Licence]], jurisdiction: str, key: str) -> date | None:
    """Of one specialist: the engagement's, or the licence's if that is sooner. None: not at all.

    The licence is None in the row of somebody who has none.
    """
    fitting = [each for _, each, _ in rows if not each.appointment_types or key in each.appointment_types]
    held = {LicenceHeld(licence.jurisdiction, licence.expires_on) for _, _, licence in rows if licence}
    licensed = may_treat_until(rows[0][0].profession, held, jurisdiction)
    engaged = max((each.effective_until or date.max for each in fitting), default=None)
    return min(engaged, licensed) if engaged and licensed else None
