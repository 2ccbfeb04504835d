"""Taking a slot: the database's exclusion constraint decides, then the appointment's own workflow guards the hold."""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from pydantic import AwareDatetime, Field
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range, insert
from sqlmodel import col
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from domain.actors import Engine, Patient
from domain.appointments.state import AppointmentState
from domain.money import Money
from domain.refusals import (
    AlreadyBooked,
    NotFound,
    SlotTaken,
)
from domain.scheduling.terms import CancellationTerms
from models import (
    Appointment,
    AppointmentEntry,
    AppointmentType,
    Brand,
    Organization,
    Person,
)
from models import Patient as PatientRow
from models.base import values_of
from usecases.context import Context
from usecases.processes import appointment_exists
from usecases.scheduling.availability import rule_of
from usecases.scheduling.directory import Offer, offer_of
from usecases.scheduling.eligibility import check_consents, check_slot, check_specialist
from usecases.views import Command
from workflows import TASK_QUEUE, search_attributes
from workflows.appointment import Appointment as AppointmentWorkflow
from workflows.ids import appointment_workflow_id

LOST = "security.taken($2, $3, $4) and not exists (select from appointment where id = $5)"


class Hold(Command):
    """`key` names this wish: the same key again is the same hold."""

    specialist_id: UUID
    appointment_type: str = Field(max_length=64)
    start: AwareDatetime
    key: str = Field(min_length=8, max_length=100)
    journey_id: UUID | None = None


async def hold(context: Context, patient: Patient, command: Hold) -> UUID:
    """The held appointment's id. Raises `SlotTaken`, `SlotNotOffered`, `AlreadyBooked`, `NotLicensedThere` …"""
    appointment_id = uuid5(patient.patient_id, f"hold/{command.key}")
    async with context.booking_turns:
        if await _is_lost(context, patient, command, appointment_id):
            raise SlotTaken
        row = await _take(context, patient, command, appointment_id)
        if row is None and await _clear_stale_holds(context, patient, command):
            row = await _take(context, patient, command, appointment_id)
    if row is None:
        raise SlotTaken
    await _guard(context, patient, row)
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
        await check_consents(session, patient)
        await check_specialist(session, patient, command.specialist_id, offer.kind, now)
        await check_slot(session, patient, command.specialist_id, command.start, offer, now)
        row = _row(patient, command, offer, appointment_id, now)
        row.jurisdiction = (await session.get_one(PatientRow, patient.patient_id)).jurisdiction
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
    kind, rule = offer.kind, rule_of(offer.kind)
    blocked = rule.blocked(command.start)
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
        ends_at=command.start + rule.length,
        blocked=Range(blocked.start, blocked.end),
        amount=offer.price.amount,
        currency=offer.price.currency,
        terms=kind.terms,
        modality=kind.modality,
        hold_until=hold_until,
        until=hold_until,
        then="released",
        booked_at=now,
    )


async def _guard(context: Context, patient: Patient, row: Appointment) -> None:
    """Start the appointment's workflow; a second start of the same hold finds it running."""
    async with context.database.transaction(patient) as session:
        person = await session.get_one(Person, patient.person_id)
        organization = await session.get_one(Organization, patient.organization_id)
        subject = await session.get_one(PatientRow, patient.patient_id)
        brand = await session.get_one(Brand, patient.brand_id)
        offer = await session.get_one(AppointmentType, row.appointment_type_id)
    state = AppointmentState(
        appointment_id=row.id,
        organization_id=row.organization_id,
        journey_id=row.journey_id,
        start=row.starts_at,
        end=row.ends_at,
        price=Money(row.amount, row.currency),
        terms=CancellationTerms.model_validate(row.terms),
        hold_until=row.hold_until,
        patient_zone=person.time_zone,
        reminders=tuple(offer.reminders),
    )
    await context.keyring.assign(appointment_workflow_id(row.id), subject.person_id)
    try:
        await context.temporal.start_workflow(
            AppointmentWorkflow.run,
            state,
            id=appointment_workflow_id(row.id),
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            search_attributes=search_attributes.at_start(organization.key, brand.key, "booking", "patient"),
            static_summary=f"{offer.key} of {brand.key}, {row.starts_at:%Y-%m-%d %H:%M} UTC",
            static_details=f"Journey: {row.journey_id or 'none'}",
        )
    except WorkflowAlreadyStartedError:
        return


async def _clear_stale_holds(context: Context, patient: Patient, command: Hold) -> bool:
    """A hold whose time is up and that no workflow guards (its process died in between) must not block the slot."""
    engine, now = Engine(patient.organization_id), context.now()
    async with context.database.transaction(engine) as session:
        stale = select(Appointment).where(
            col(Appointment.specialist_id) == command.specialist_id,
            col(Appointment.status) == "held",
            col(Appointment.hold_until) < now,
            col(Appointment.starts_at) < command.start + timedelta(hours=12),
            col(Appointment.ends_at) > command.start - timedelta(hours=12),
        )
        found = list(await session.scalars(stale))
    abandoned = [row.id for row in found if not await appointment_exists(context.temporal, row.id)]
    async with context.database.transaction(engine) as session:
        for appointment_id in abandoned:
            row = await session.get_one(Appointment, appointment_id, with_for_update=True)
            row.status = "released" if row.status == "held" else row.status
    return bool(abandoned)
