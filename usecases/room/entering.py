"""Coming to the door of the session room."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Engine, Patient
from domain.appointments.state import Status
from models import Appointment, Brand, Person, Specialist
from models import Patient as PatientRow
from usecases.context import Context
from usecases.permission import needs
from usecases.processes import appointment_handle, ask
from usecases.records import record_appointment
from usecases.room import tokens
from usecases.room.place import check_place
from usecases.room.seats import Participant, Party, check_open, closes_at, own_appointment, party_of
from usecases.scheduling.eligibility import check_consents
from usecases.views import View
from workflows.appointment import Appointment as AppointmentWorkflow


class RoomView(View):
    """`admitted`: the session is under way. `token` goes into the addresses of the room's signals.

    `ice`: the ICE servers as JSON, for the browser.
    """

    appointment_id: UUID
    party: Party
    status: str
    admitted: bool
    patient_waits: bool
    other: str
    brand: str
    starts_at: datetime
    ends_at: datetime
    closes_at: datetime
    token: str
    ice: str


@needs("room:enter", of="appointment")
async def enter(context: Context, actor: Participant, appointment_id: UUID) -> RoomView:
    """The room as `actor` finds it. The first time, it is noted that they came; of the patient the appointment hears.

    Raises `NotFound` (absent or somebody else's), `RoomClosed`; for a patient `ConsentMissing`,
    `PlaceNotStated`, `ElsewhereNow`, `LicenceEnded`.
    """
    async with context.database.transaction(actor) as session:
        row = await own_appointment(session, actor, appointment_id)
        check_open(row, context.now())
        if isinstance(actor, Patient):
            await check_consents(session, actor)
            await check_place(session, row)
        other = await _other(session, actor, row)
        brand = await session.get_one(Brand, row.brand_id)
    status = row.status if _has_come(actor, row) else await _come(context, actor, row)
    return RoomView(
        appointment_id=row.id,
        party=party_of(actor),
        status=status,
        admitted=status == Status.IN_SESSION,
        patient_waits=status == Status.WAITING,
        other=other,
        brand=brand.name,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        closes_at=closes_at(row),
        token=tokens.issue(context.secret_key, row.id, actor.person_id, row.starts_at, closes_at(row)),
        ice=context.ice_servers,
    )


async def _come(context: Context, actor: Participant, row: Appointment) -> str:
    """The status afterwards. A specialist's coming changes none: what the appointment waits for is admission."""
    if isinstance(actor, Patient):
        return await _arrive(context, row)
    async with context.database.transaction(Engine(row.organization_id)) as session:
        there = update(Appointment).where(col(Appointment.id) == row.id)
        await session.execute(there.values(specialist_arrived=True))
    return row.status


async def _arrive(context: Context, row: Appointment) -> str:
    handle = appointment_handle(context.temporal, row.id)
    record = await ask(handle.execute_update(AppointmentWorkflow.arrive, id=f"arrive/{row.moves}"))
    await record_appointment(context, record)
    return record.records[-1].status


def _has_come(actor: Participant, row: Appointment) -> bool:
    return row.patient_arrived if isinstance(actor, Patient) else row.specialist_arrived


async def _other(session: AsyncSession, actor: Participant, row: Appointment) -> str:
    """The name of whom they meet."""
    if isinstance(actor, Patient):
        return (await session.get_one(Specialist, row.specialist_id)).display_name
    query = select(Person).join(PatientRow, col(PatientRow.person_id) == col(Person.id))
    person = (await session.scalars(query.where(col(PatientRow.id) == row.patient_id))).one()
    return person.full_name
