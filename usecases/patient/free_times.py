"""A specialist's free times, by weeks of the calendar of whoever reads them, the patient or a guardian."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from domain.actors import Patient
from domain.refusals import NotFound
from domain.scheduling.interval import Interval
from models import Appointment, Location, Person
from models.treating import Eligible, who_may_treat
from usecases.context import Context
from usecases.patient.offers import (
    SpecialistCard,
    TypeView,
    bookable,
    booking_of,
    card_of,
    next_free,
    offers_to,
    type_of,
)
from usecases.permission import needs
from usecases.scheduling.eligibility import where_treated
from usecases.scheduling.offers import Offer
from usecases.scheduling.openings import openings
from usecases.views import View

MOST_SLOTS = 7 * 24 * 12
"""A week of starts every five minutes: a type that asks for them shows all of its week."""


class Slots(View):
    """Free times that start on the days `first_day`..`last_day` of the reader's own calendar."""

    specialist: SpecialistCard
    chosen: TypeView
    journey_id: UUID | None
    time_zone: str
    week: int
    first_day: date
    last_day: date
    has_later: bool
    times: tuple[datetime, ...]


@needs("specialist:find")
async def slots(
    context: Context,
    patient: Patient,
    specialist_id: UUID,
    key: str | None,
    week: int,
    locale: str,
    but: UUID | None = None,
) -> Slots:
    """A week of free times, counted from today; `but`: an own appointment that is to be moved there.

    Raises `NotFound` for a specialist who may not treat the patient, or a type that is not on offer.
    """
    now = context.now()
    async with context.database.transaction(patient) as session:
        journey, wanted = await booking_of(session, patient)
        offers = await offers_to(session, patient, now)
        key = key or wanted or next(iter(offers), "")
        if key not in offers:
            raise NotFound
        offer = offers[key]
        leaves = await session.get_one(Appointment, but) if but else None
        if leaves:
            offer = replace(offer, location=await _place_of(session, leaves))
        where = await where_treated(session, patient, leaves or offer.kind)
        who = await _who(session, specialist_id, offer, where, now)
        zone = (await session.get_one(Person, patient.person_id)).time_zone
        first = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=7 * week)
        window, ahead = _days(first, 7, zone), bookable(offer, now)
        span = Interval(min(window.start, ahead.start), max(window.end, ahead.end))
        found = await openings(session, [who], patient.organization_id, span, now, patient, but)
    times = found.free(offer.kind, window, MOST_SLOTS)[who.specialist.id]
    return Slots(
        specialist=card_of(who.specialist, offer, next_free(found, offer), locale),
        chosen=type_of(offer, locale),
        journey_id=journey.id if journey and key == wanted else None,
        time_zone=zone,
        week=week,
        first_day=first,
        last_day=first + timedelta(days=6),
        has_later=ahead.end > window.end,
        times=tuple(slot.start for slot in times if not leaves or slot.start != leaves.starts_at),
    )


async def _place_of(session: AsyncSession, booked: Appointment) -> Location | None:
    """Where it takes place as it was booked, wherever its kind is held now."""
    return await session.get(Location, booked.location_id) if booked.location_id else None


async def _who(session: AsyncSession, specialist_id: UUID, offer: Offer, where: str, now: datetime) -> Eligible:
    """Raises `NotFound` for a specialist who may not treat there."""
    allowed = await who_may_treat(session, offer.kind.organization_id, where, offer.kind, now.date())
    found = next((each for each in allowed if each.specialist.id == specialist_id), None)
    if found is None:
        raise NotFound
    return found


def _days(first: date, count: int, zone: str) -> Interval:
    """`count` whole days of the reader's own calendar."""
    midnight = datetime.combine(first, time(), ZoneInfo(zone))
    after = datetime.combine(first + timedelta(days=count), time(), ZoneInfo(zone))
    return Interval(midnight.astimezone(UTC), after.astimezone(UTC))
