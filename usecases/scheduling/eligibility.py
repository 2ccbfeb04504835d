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
from models import Appointment, AppointmentType, Consent, ConsentText, Location, Specialist
from models import Patient as PatientRow
from models.treating import who_may_treat
from usecases.scheduling.availability import availabilities, rule_of
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


async def check_specialist(
    session: AsyncSession, specialist_id: UUID, kind: AppointmentType, where: str, now: datetime, start: datetime
) -> None:
    """Only who may treat where the patient is treated, and still may at `start`. Raises `NotLicensedThere`."""
    allowed = await who_may_treat(session, kind.organization_id, where, kind, now.date())
    of_day = start.astimezone(UTC).date()
    if not any(each.specialist.id == specialist_id and of_day <= each.until for each in allowed):
        raise NotLicensedThere


async def where_treated(session: AsyncSession, patient: Patient, wanted: AppointmentType | Appointment | None) -> str:
    """Whoever comes in person is where they come to; everybody else where they say to be.

    A kind is held where it is held now, an appointment where it was booked.
    """
    location = await session.get(Location, wanted.location_id) if wanted and wanted.location_id else None
    there = of_address(location.address) if location else ""
    return there or (await session.get_one(PatientRow, patient.patient_id)).jurisdiction


async def check_slot(
    session: AsyncSession, patient: Patient, specialist_id: UUID, start: datetime, offer: Offer, now: datetime
) -> None:
    """Offered times only; a time that only a booking takes away is left to the constraint."""
    specialist = await session.get_one(Specialist, specialist_id)
    around = Interval(start - timedelta(days=2), start + timedelta(days=2))
    known = (await availabilities(session, {specialist.id: specialist.time_zone}, around, now))[specialist.id]
    rule = rule_of(offer.kind)
    if not is_offered(known, rule, now, start, patient.organization_id):
        blocked = rule.blocked(start)
        raise SlotTaken if any(blocked.overlaps(busy) for busy in known.busy) else SlotNotOffered
    if await own_times(session, patient, Interval(start, start + rule.length), now):
        raise AlreadyBooked
