"""The start page: what is next, where the patient is, why something waits, and what is coming."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Patient
from domain.refusals import AlreadyOnJourney
from domain.words import said
from models import Brand, Journey, JourneyEntry, Program
from usecases.context import Context
from usecases.journeys import begin_journey
from usecases.patient.appointments import AppointmentSummary, current, is_ahead
from usecases.patient.called_off import CalledOff, called_off
from usecases.patient.consents import go_on
from usecases.patient.materials import MaterialView, offered
from usecases.patient.progress import PathStep, open_journey, path_of
from usecases.permission import needs
from usecases.scheduling.eligibility import missing_consents
from usecases.scheduling.meeting import phone_of
from usecases.views import Command, View
from usecases.why import JourneyWhy, definition_of, journey_view


class ProgramView(View):
    id: UUID
    name: str
    summary: str


class HomeView(View):
    """`journey` is the one the patient is on; without one, `programs` can be begun. `emergency`: shown when urgent.

    `consents_missing`: a required consent is not given, be it new or withdrawn, and no step of the journey asks for
    it: nothing can be booked, paid or attended. `called_off`: by our side, with nothing booked since. `reachable`: we
    can call the patient, whoever reads. `support_email` reaches the care team, "" when the brand names no address.
    """

    tagline: str
    programs: tuple[ProgramView, ...]
    journey: JourneyWhy | None
    path: tuple[PathStep, ...]
    upcoming: tuple[AppointmentSummary, ...]
    called_off: tuple[CalledOff, ...]
    unread: tuple[MaterialView, ...]
    consents_missing: bool
    urgent: bool
    reachable: bool
    support_email: str
    emergency: str


class BeginJourney(Command):
    """Needs no key: a patient is on one journey at a time, so asking twice begins one."""

    program_id: UUID


@needs("home:read")
async def home(context: Context, patient: Patient, locale: str) -> HomeView:
    now = context.now()
    async with context.database.transaction(patient) as session:
        brand = await session.get_one(Brand, patient.brand_id)
        row = await open_journey(session, patient)
        programs = [] if row else await _programs(session, patient)
        why, path = await _where(session, row, locale)
        phone = await phone_of(session, patient.patient_id)
        missing = bool(await missing_consents(session, patient.patient_id))
        known = await current(session, patient, now, locale)
        off = await called_off(session, patient, known, now)
        prepared = await offered(session, patient, locale)
    upcoming = tuple(view for view in known if is_ahead(view, now))
    expected = {view.id for view in upcoming}
    return HomeView(
        tagline=said(brand.tagline, locale),
        programs=tuple(_program(program, locale) for program in programs),
        journey=why,
        path=path,
        upcoming=upcoming,
        called_off=off,
        unread=tuple(m for m in prepared if _unread(m, expected)),
        consents_missing=missing and (row.step_kind != "consent" if row else bool(upcoming)),
        urgent=row is not None and row.facts.get("triage") == "urgent",
        reachable=bool(phone),
        support_email=brand.support_email,
        emergency=said(brand.emergency, locale),
    )


@needs("journey:begin")
async def begin(context: Context, patient: Patient, command: BeginJourney) -> UUID:
    """Begin a program, one at a time; the one the patient is on is not begun again. What was consented to before still
    counts. Raises `NotFound`, `AlreadyOnJourney` while the patient is on another program.

    A journey's key is how many there were before. Counted first: whoever begins at the same moment is seen or collides.
    """
    mine = select(func.count()).select_from(Journey).where(col(Journey.patient_id) == patient.patient_id)
    async with context.database.transaction(patient) as session:
        before = await session.scalar(mine)
        row = await open_journey(session, patient)
    if row is None:
        journey_id = await begin_journey(context, patient, command.program_id, f"journey-{before}")
        await go_on(context, patient)
        return journey_id
    if row.program_id != command.program_id:
        raise AlreadyOnJourney
    return row.id


@needs("home:read")
async def emergency_text(context: Context, patient: Patient, locale: str) -> str:
    """Whom to call at once."""
    async with context.database.transaction(patient) as session:
        return said((await session.get_one(Brand, patient.brand_id)).emergency, locale)


async def _where(
    session: AsyncSession, row: Journey | None, locale: str
) -> tuple[JourneyWhy | None, tuple[PathStep, ...]]:
    if row is None:
        return None, ()
    definition = await definition_of(session, row)
    told = select(JourneyEntry).where(col(JourneyEntry.journey_id) == row.id)
    story = list(await session.scalars(told.order_by(col(JourneyEntry.version).desc())))
    why = journey_view(row, definition, story, locale)
    return why, path_of(definition, why, locale)


async def _programs(session: AsyncSession, patient: Patient) -> list[Program]:
    offered = select(Program).where(col(Program.brand_id) == patient.brand_id).order_by(col(Program.key))
    return list(await session.scalars(offered))


def _unread(material: MaterialView, expected: set[UUID]) -> bool:
    return material.read_at is None and material.appointment_id in expected


def _program(program: Program, locale: str) -> ProgramView:
    return ProgramView(id=program.id, name=said(program.name, locale), summary=said(program.summary, locale))
