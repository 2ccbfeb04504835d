"""Where the patient is, asked again at the door of the session room: licensure follows it."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Engine, Patient
from domain.appointments.state import DOOR_OPENS
from domain.jurisdictions import country_of
from domain.licensing import LicenceHeld, may_treat
from domain.refusals import ElsewhereNow, LicenceEnded, PlaceNotStated
from models import Appointment, Brand, Licence, PlaceStatement, Specialist
from models.announcements import announce
from usecases.audit.noting import note
from usecases.context import Context
from usecases.permission import needs
from usecases.places import KnownPlace
from usecases.room.seats import Participant, check_open, own_appointment
from usecases.views import Command, View


class StatePlace(Command):
    """Where the patient is now."""

    jurisdiction: KnownPlace


class StatedPlace(View):
    """What the patient said last. `may_be_treated`: by this specialist, there, that day."""

    jurisdiction: str
    may_be_treated: bool
    at: datetime


class PlaceView(View):
    """`booked` is the place given at booking. `said` is None until the patient has said where they are this time.

    `support_email` reaches the care team, "" when the brand names no address. `at_home`: they are in the country whose
    emergency numbers the brand gives.
    """

    booked: str
    said: StatedPlace | None
    support_email: str
    at_home: bool


@needs("room:enter", of="appointment")
async def place(context: Context, patient: Patient, appointment_id: UUID) -> PlaceView:
    """Raises `NotFound`."""
    async with context.database.transaction(patient) as session:
        row = await own_appointment(session, patient, appointment_id)
        brand = await session.get_one(Brand, row.brand_id)
        said = await stated(session, row)
    now = said.jurisdiction if said else row.jurisdiction
    return PlaceView(
        booked=row.jurisdiction,
        said=said,
        support_email=brand.support_email,
        at_home=country_of(now) == country_of(brand.jurisdiction),
    )


@needs("room:enter", of="appointment", act="place:state")
async def state_place(context: Context, patient: Patient, appointment_id: UUID, command: StatePlace) -> None:
    """Kept as it was said, also when it keeps the patient out; then the care team and the specialist see it.

    Raises `NotFound`, `RoomClosed`, and when the specialist may not treat there `ElsewhereNow`, or `LicenceEnded` where
    it was booked.
    """
    async with context.database.transaction(patient) as session:
        row = await own_appointment(session, patient, appointment_id)
        check_open(row, context.now())
    if not await keep_place(context, patient, row, command.jurisdiction):
        raise _refusal(row, command.jurisdiction)


async def keep_place(context: Context, actor: Participant, row: Appointment, jurisdiction: str) -> bool:
    """As the patient said it, to the page or to the specialist on the phone. Whether they may be treated there."""
    async with context.database.transaction(Engine(row.organization_id)) as session:
        allowed = await licensed(session, row, jurisdiction)
        said = PlaceStatement(
            organization_id=row.organization_id,
            appointment_id=row.id,
            patient_id=row.patient_id,
            specialist_id=row.specialist_id,
            person_id=actor.person_id,
            jurisdiction=jurisdiction,
            may_be_treated=allowed,
            at=context.now(),
        )
        session.add(said)
        if not allowed:
            await announce(session, ("appointment", row.id), ("organization", row.organization_id))
    if not allowed:
        no = _refusal(row, jurisdiction)
        await note(context, actor, "place:state", f"refused:{type(no).__name__}", of="appointment", id=row.id)
    return allowed


async def check_place(session: AsyncSession, row: Appointment) -> None:
    """Raise `PlaceNotStated`, `ElsewhereNow`, `LicenceEnded` unless the patient is where this specialist may treat."""
    said = await stated(session, row)
    if said is None:
        raise PlaceNotStated
    if not said.may_be_treated:
        raise _refusal(row, said.jurisdiction)


def _refusal(row: Appointment, jurisdiction: str) -> ElsewhereNow | LicenceEnded:
    """Whoever is where they booked has done nothing: it is the licence that is no more."""
    return LicenceEnded() if jurisdiction == row.jurisdiction else ElsewhereNow()


async def stated(session: AsyncSession, row: Appointment) -> StatedPlace | None:
    """The last word before this session. What was said before it was moved is about another day."""
    query = (
        select(PlaceStatement)
        .where(col(PlaceStatement.appointment_id) == row.id, col(PlaceStatement.at) >= row.starts_at - DOOR_OPENS)
        .order_by(col(PlaceStatement.at).desc())
        .limit(1)
    )
    found = (await session.scalars(query)).one_or_none()
    return StatedPlace.model_validate(found) if found else None


async def licensed(session: AsyncSession, row: Appointment, jurisdiction: str) -> bool:
    """On the day of the session, as at booking: nobody who comes after midnight finds another answer."""
    specialist = await session.get_one(Specialist, row.specialist_id)
    held = await session.scalars(select(Licence).where(col(Licence.specialist_id) == row.specialist_id))
    licences = [LicenceHeld(each.jurisdiction, each.expires_on) for each in held]
    return may_treat(specialist.profession, licences, jurisdiction, row.starts_at.astimezone(UTC).date())
