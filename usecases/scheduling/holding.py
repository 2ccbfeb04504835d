"""Taking a slot: the database's exclusion constraint decides, then the appointment's own workflow guards the hold."""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from pydantic import AwareDatetime, Field
from sqlalchemy.dialects.postgresql import Range, insert
from sqlmodel import col

from domain.actors import Patient
from domain.appointments.state import Status
from domain.refusals import AlreadyBooked, HoldExpired, NotFound, NotInThisState, SlotTaken
from models import Appointment, AppointmentEntry, AppointmentType
from models.base import values_of
from usecases.context import Context
from usecases.scheduling.eligibility import check_care, check_slot
from usecases.scheduling.guarding import guard, has_run_out, release_in_the_way, release_unguarded
from usecases.scheduling.offers import Offer, offer_of
from usecases.views import Command

LOST = "security.taken($2, $3, $4) and not exists (select from appointment where id = $5)"


class Hold(Command):
    """`key` names this wish: the same key again is the same hold."""

    specialist_id: UUID
    appointment_type: str = Field(max_length=64)
    start: AwareDatetime
    key: str = Field(min_length=8, max_length=100)
    journey_id: UUID | None = None


async def hold(context: Context, patient: Patient, command: Hold) -> UUID:
    """The held appointment's id. Raises `SlotTaken`, `SlotNotOffered`, `AlreadyBooked`, `NotLicensedThere` …,
    `HoldExpired` for a wish whose hold is over, and `NotInThisState` when the key has named another wish."""
    appointment_id = uuid5(patient.patient_id, f"hold/{command.key}")
    async with context.booking_turns:
        if await _is_lost(context, patient, command, appointment_id):
            raise SlotTaken
        row = await _take(context, patient, command, appointment_id)
        if row is None and await release_in_the_way(context, patient, command.specialist_id, command.start):
            row = await _take(context, patient, command, appointment_id)
    if row is None:
        raise SlotTaken
    await _check_same_wish(context, patient, command, row)
    if has_run_out(context, row) or row.status == Status.CANCELLED:
        await release_unguarded(context, row)
        raise HoldExpired
    if row.status == Status.HELD:
        await guard(context, patient, row)
    return row.id


async def _take(context: Context, patient: Patient, command: Hold, appointment_id: UUID) -> Appointment | None:
    """None: the time is taken. But whoever stands in the way may be this very wish, sent twice at once."""
    try:
        row = await _insert(context, patient, command, appointment_id)
    except AlreadyBooked:
        if known := await _known(context, patient, appointment_id):
            return known
        raise
    except SlotTaken:
        row = None
    return row or await _known(context, patient, appointment_id)


async def _is_lost(context: Context, patient: Patient, command: Hold, appointment_id: UUID) -> bool:
    """The cheap answer to most of a thousand who want one slot: somebody already has it, and no hold on it is over."""
    wanted = (command.specialist_id, command.start, context.now(), appointment_id)
    return bool(await context.database.value(patient, LOST, *wanted))


async def _check_same_wish(context: Context, patient: Patient, command: Hold, row: Appointment) -> None:
    """Where a moved appointment began at first is not kept."""
    async with context.database.transaction(patient) as session:
        kind = await session.get_one(AppointmentType, row.appointment_type_id)
    held = (row.specialist_id, kind.key, row.journey_id)
    same = held == (command.specialist_id, command.appointment_type, command.journey_id)
    if not same or (row.starts_at != command.start and not row.moves):
        raise NotInThisState


async def _known(context: Context, patient: Patient, appointment_id: UUID) -> Appointment | None:
    async with context.database.transaction(patient) as session:
        return await session.get(Appointment, appointment_id)


async def _insert(context: Context, patient: Patient, command: Hold, appointment_id: UUID) -> Appointment | None:
    """None: somebody else has that time."""
    now = context.now()
    async with context.database.transaction(patient) as session:
        if known := await session.get(Appointment, appointment_id):
            return known
        offer = await offer_of(session, patient.brand_id, command.appointment_type, now)
        if offer is None:
            raise NotFound
        where = await check_care(session, patient, command.specialist_id, command.start, offer, now)
        await check_slot(session, patient, command.specialist_id, command.start, offer, now)
        row = _row(patient, command, offer, appointment_id, now)
        row.jurisdiction = where
        made = insert(Appointment).values(values_of(row)).on_conflict_do_nothing().returning(col(Appointment.id))
        if await session.scalar(made) is None:
            return None
        line = AppointmentEntry(
            organization_id=patient.organization_id,
            appointment_id=row.id,
            patient_id=patient.patient_id,
            specialist_id=command.specialist_id,
            version=0,
            at=now,
            what="held",
            by="patient",
        )
        session.add(line)
        return row


def _row(patient: Patient, command: Hold, offer: Offer, appointment_id: UUID, now: datetime) -> Appointment:
    kind, blocked = offer.kind, offer.rule.blocked(command.start)
    hold_until = now + timedelta(minutes=kind.hold_minutes)
    return Appointment(
        id=appointment_id,
        organization_id=patient.organization_id,
        brand_id=patient.brand_id,
        patient_id=patient.patient_id,
        specialist_id=command.specialist_id,
        appointment_type_id=kind.id,
        journey_id=command.journey_id,
        starts_at=command.start,
        ends_at=command.start + offer.length,
        blocked=Range(blocked.start, blocked.end),
        amount=offer.price.amount,
        currency=offer.price.currency,
        terms=kind.terms,
        modality=offer.modality,
        location_id=kind.location_id,
        hold_until=hold_until,
        until=hold_until,
        then="released",
        booked_at=now,
    )
