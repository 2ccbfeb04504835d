"""Whether a patient may have a time: consents, who may treat, what is offered. The constraint has the last word."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Patient
from domain.jurisdictions import of_address
from domain.refusals import AlreadyBooked, ConsentMissing, NotLicensedThere, SlotNotOffered, SlotTaken
from domain.scheduling.interval import Interval
from domain.scheduling.slots import is_offered
from models import Consent, ConsentText, Location, Specialist
from models import Patient as PatientRow
from models.treating import who_may_treat
from usecases.scheduling.availability import availabilities
from usecases.scheduling.offers import Offer
from usecases.scheduling.openings import own_times


async def check_consents(session: AsyncSession, patient: Patient) -> None:
    """Every required consent is active before anything is booked, paid, moved or attended."""
    if await missing_consents(session, patient.patient_id):
        raise ConsentMissing


async def missing_consents(session: AsyncSession, patient_id: UUID) -> set[str]:
    """The kinds that are not active, of those whose newest text is required."""
    return set(await session.scalars(MISSING, {"patient_id": patient_id}))


def _missing() -> Select[tuple[str]]:
    kind, version = col(ConsentText.kind), col(ConsentText.version)
    texts = select(kind, col(ConsentText.required)).ext(distinct_on(kind))
    newest = texts.order_by(kind, version.desc(), col(ConsentText.locale)).subquery()
    theirs = col(Consent.patient_id) == bindparam("patient_id")
    active = select(col(Consent.kind)).where(theirs, col(Consent.status) == "active")
    return select(newest.c.kind).where(newest.c.required, newest.c.kind.not_in(active))


MISSING = _missing()
"""Built once: most pages of a patient ask it."""


async def check_care(
    session: AsyncSession, patient: Patient, specialist_id: UUID, start: datetime, offer: Offer, now: datetime
) -> str:
    """Where the patient is treated, if they have consented and the specialist may treat there, now and at `start`.

    Raises `ConsentMissing`, `NotLicensedThere`.
    """
    await check_consents(session, patient)
    where = await where_treated(session, patient, offer.location)
    today, of_day = now.date(), start.astimezone(UTC).date()
    allowed = await who_may_treat(session, patient.organization_id, where, offer.kind, today, only=specialist_id)
    if not any(of_day <= each.until for each in allowed):
        raise NotLicensedThere
    return where


async def where_treated(session: AsyncSession, patient: Patient, location: Location | None) -> str:
    """Whoever comes in person is where they come to; everybody else where they say to be."""
    there = of_address(location.address) if location else ""
    return there or (await session.get_one(PatientRow, patient.patient_id)).jurisdiction


async def check_slot(
    session: AsyncSession,
    patient: Patient,
    specialist_id: UUID,
    start: datetime,
    offer: Offer,
    now: datetime,
    but: UUID | None = None,
) -> None:
    """Offered times only; a time that only a booking takes away is left to the constraint.

    `but`: an own appointment that is to be moved. Raises `SlotNotOffered`, `SlotTaken`, `AlreadyBooked`.
    """
    specialist = await session.get_one(Specialist, specialist_id)
    around = Interval(start - timedelta(days=2), start + timedelta(days=2))
    known = (await availabilities(session, {specialist.id: specialist.time_zone}, around, now, but))[specialist.id]
    if not is_offered(known, offer.rule, now, start, patient.organization_id):
        blocked = offer.rule.blocked(start)
        raise SlotTaken if any(blocked.overlaps(busy) for busy in known.busy) else SlotNotOffered
    if await own_times(session, patient, Interval(start, start + offer.length), now, but):
        raise AlreadyBooked
