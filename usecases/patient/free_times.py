"""A specialist's free times, by weeks of the calendar of whoever reads them, the patient or a guardian."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from domain.actors import Patient
from domain.refusals import NotFound, NotLicensedThere
from domain.scheduling.interval import Interval
from models import Person
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
from usecases.room.seats import own_appointment
from usecases.scheduling.eligibility import where_treated
from usecases.scheduling.offers import Offer, as_booked
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
    context: Context, patient: Patient, specialist_id: UUID, key: str | None, week: int, locale: str
) -> Slots:
    """A week of free times for a type of session, counted from today; None: what the journey books.

    Raises `NotFound` for a specialist who may not treat the patient, or a type that is not on offer.
    """
    now = context.now()
    async with context.database.transaction(patient) as session:
        journey, wanted = await booking_of(session, patient)
        offers = await offers_to(session, patient, now)
        key = key or wanted or next(iter(offers), "")
        if key not in offers:
            raise NotFound
        found = await _week(session, patient, specialist_id, offers[key], week, locale, now)
    return found.model_copy(update={"journey_id": journey.id}) if journey and key == wanted else found


@needs("specialist:find")
async def slots_to_move(context: Context, patient: Patient, appointment_id: UUID, week: int, locale: str) -> Slots:
    """A week of times that an own appointment may be moved to, as long and where it was booked.

    Raises `NotFound`, and `NotLicensedThere` when the specialist may not treat the patient any more.
    """
    async with context.database.transaction(patient) as session:
        row = await own_appointment(session, patient, appointment_id)
        offer = await as_booked(session, row)
        found = await _week(session, patient, row.specialist_id, offer, week, locale, context.now(), but=row.id)
    return found.model_copy(update={"times": tuple(start for start in found.times if start != row.starts_at)})


async def _week(
    session: AsyncSession,
    patient: Patient,
    specialist_id: UUID,
    offer: Offer,
    week: int,
    locale: str,
    now: datetime,
    but: UUID | None = None,
) -> Slots:
    where = await where_treated(session, patient, offer.location)
    who = await _who(session, specialist_id, offer, where, now)
    if who is None:
        raise NotLicensedThere if but else NotFound
    zone = (await session.get_one(Person, patient.person_id)).time_zone
    first = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=7 * week)
    window, ahead = _days(first, 7, zone), bookable(offer, now)
    span = Interval(min(window.start, ahead.start), max(window.end, ahead.end))
    found = await openings(session, [who], patient.organization_id, span, now, patient, but)
    times = found.free(offer.rule, window, MOST_SLOTS)[who.specialist.id]
    return Slots(
        specialist=card_of(who.specialist, offer, next_free(found, offer), locale),
        chosen=type_of(offer, locale),
        journey_id=None,
        time_zone=zone,
        week=week,
        first_day=first,
        last_day=first + timedelta(days=6),
        has_later=ahead.end > window.end,
        times=tuple(slot.start for slot in times),
    )


async def _who(session: AsyncSession, specialist_id: UUID, offer: Offer, where: str, now: datetime) -> Eligible | None:
    """None: the specialist may not treat there."""
    kind, today = offer.kind, now.date()
    return next(iter(await who_may_treat(session, kind.organization_id, where, kind, today, only=specialist_id)), None)


def _days(first: date, count: int, zone: str) -> Interval:
    """`count` whole days of the reader's own calendar."""
    midnight = datetime.combine(first, time(), ZoneInfo(zone))
    after = datetime.combine(first + timedelta(days=count), time(), ZoneInfo(zone))
    return Interval(midnight.astimezone(UTC), after.astimezone(UTC))
