"""When specialists are free: read once, asked for as many appointment types and spans as a page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Patient
from domain.scheduling.availability import Availability
from domain.scheduling.interval import Interval
from domain.scheduling.slots import BookingRule, offered_slots
from models import Appointment
from models.treating import Eligible
from usecases.scheduling.availability import availabilities, occupying

STRETCH = timedelta(days=2)
Free = dict[UUID, list[Interval]]
"""By specialist, in order of time."""


@dataclass(frozen=True)
class Openings:
    """What an organization can offer of its specialists' time as of `now`, `beside` what the patient has already."""

    organization_id: UUID
    now: datetime
    who: Sequence[Eligible]
    known: dict[UUID, Availability]
    beside: Sequence[Interval] = ()

    def free(self, rule: BookingRule, window: Interval, most: int) -> Free:
        """The first `most` slots of each that start in `window`, which lies in the span that was read."""
        found = {}
        for each in self.who:
            of_one = self.known[each.specialist.id]
            offered = offered_slots(of_one, rule, self.now, window, self.organization_id)
            fitting = (s for s in offered if s.start.date() <= each.until and not any(map(s.overlaps, self.beside)))
            found[each.specialist.id] = list(islice(fitting, most))
        return found


async def openings(
    session: AsyncSession,
    who: Sequence[Eligible],
    organization_id: UUID,
    span: Interval,
    now: datetime,
    patient: Patient | None = None,
    but: UUID | None = None,
) -> Openings:
    """Of `span`, for a patient or whoever comes. `but`: an own appointment that is to be moved, so it takes no time."""
    zones = {each.specialist.id: each.specialist.time_zone for each in who}
    reach = span.padded(timedelta(days=1), timedelta(days=1))
    known = await availabilities(session, zones, reach, now, but)
    beside = await own_times(session, patient, reach, now, but) if patient else ()
    return Openings(organization_id, now, who, known, beside)


async def first_free(
    session: AsyncSession,
    who: Sequence[Eligible],
    organization_id: UUID,
    rule: BookingRule,
    span: Interval,
    patient: Patient,
) -> dict[UUID, datetime]:
    """When each is free first in `span`, which begins now; nothing of whoever is not.

    Read by stretches, each twice as long as the one before and of those alone of whom nothing was found: most are free
    within days, and nobody's months are read for that.
    """
    found: dict[UUID, datetime] = {}
    first, stretch, left = span.start, STRETCH, list(who)
    while left and first < span.end:
        window = Interval(first, min(first + stretch, span.end))
        offered = await openings(session, left, organization_id, window, span.start, patient)
        found |= {id: slots[0].start for id, slots in offered.free(rule, window, 1).items() if slots}
        left = [each for each in left if each.specialist.id not in found]
        first, stretch = window.end, 2 * stretch
    return found


async def own_times(
    session: AsyncSession, patient: Patient, window: Interval, now: datetime, but: UUID | None = None
) -> list[Interval]:
    """When the patient is at an appointment in `window`, other than `but`: nobody is in two places."""
    mine = select(col(Appointment.id), col(Appointment.starts_at), col(Appointment.ends_at)).where(
        col(Appointment.patient_id) == patient.patient_id,
        occupying(now),
        col(Appointment.starts_at) < window.end,
        col(Appointment.ends_at) > window.start,
    )
    return [Interval(starts, ends) for id_, starts, ends in await session.execute(mine) if id_ != but]
