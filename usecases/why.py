"""Why something waits: where it is, for whom, until when, what then, what happened before, under which definition.

Role-neutral: whoever may see the journey or appointment gets the same answer; portals put its codes into words.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Actor, Patient
from domain.appointments.state import Status, has_room, status_at
from domain.journeys.language import AnyStep, Definition, staff_title
from domain.refusals import NotFound
from domain.scheduling.terms import CancellationTerms
from domain.words import said
from models import Appointment, AppointmentEntry, AppointmentType, Journey, JourneyDefinition, JourneyEntry
from usecases.context import Context
from usecases.views import View

WAITED_FOR = {
    "held": "payment",
    "confirmed": "arrival",
    "waiting": "admission",
    "in-session": "end-of-session",
}
"""A status of an appointment in the room and what it waits for, as `domain.appointments.waiting` names it."""


class StoryLine(View):
    """`what` is a code, `title` the step's words where there are any; `who`: the name behind `by`, where it is told."""

    at: datetime
    what: str
    by: str
    who: str = ""
    step: str = ""
    title: str = ""
    detail: str = ""


class JourneyWhy(View):
    """`owner` is whom the step waits for until `until`; then the journey goes to the step `then`. Newest line first."""

    journey_id: UUID
    patient_id: UUID
    program_id: UUID | None
    appointment_id: UUID | None
    title: str
    definition_key: str
    definition_version: int
    ended: bool
    outcome: str
    stage: str
    step: str
    step_kind: str
    step_title: str
    owner: str
    since: datetime | None
    until: datetime | None
    then: str
    then_kind: str
    then_title: str
    escalated: bool
    version: int
    story: tuple[StoryLine, ...]


class AppointmentWhy(View):
    """`waits_for` is payment, arrival, beginning, admission or end-of-session; `then` released, missed, not-held or
    completed.

    `definition_version` is that of the terms pinned at booking.
    """

    appointment_id: UUID
    journey_id: UUID | None
    title: str
    status: str
    ended: bool
    owner: str
    waits_for: str
    since: datetime
    until: datetime | None
    then: str
    definition_key: str
    definition_version: int
    story: tuple[StoryLine, ...]


async def why_journey(context: Context, actor: Actor, journey_id: UUID, locale: str) -> JourneyWhy:
    """Raises `NotFound` for a journey that is not there or not the actor's to see."""
    async with context.database.transaction(actor) as session:
        row = await session.get(Journey, journey_id)
        if row is None:
            raise NotFound
        return await journey_why(session, actor, row, locale)


async def why_appointment(context: Context, actor: Actor, appointment_id: UUID, locale: str) -> AppointmentWhy:
    """Raises `NotFound` for an appointment that is not there or not the actor's to see."""
    async with context.database.transaction(actor) as session:
        row = await session.get(Appointment, appointment_id)
        if row is None:
            raise NotFound
        return await appointment_why(session, row, context.now(), locale)


async def journey_why(session: AsyncSession, actor: Actor, row: Journey, locale: str) -> JourneyWhy:
    mine = select(JourneyEntry).where(col(JourneyEntry.journey_id) == row.id)
    told = (await session.scalars(mine.order_by(col(JourneyEntry.version).desc()))).all()
    return journey_view(row, await definition_of(session, row), told, locale, staff=not isinstance(actor, Patient))


async def appointment_why(session: AsyncSession, row: Appointment, now: datetime, locale: str) -> AppointmentWhy:
    kind = await session.get_one(AppointmentType, row.appointment_type_id)
    mine = select(AppointmentEntry).where(col(AppointmentEntry.appointment_id) == row.id)
    told = (await session.scalars(mine.order_by(col(AppointmentEntry.version).desc()))).all()
    return appointment_view(row, kind, told, now, locale)


async def definition_of(session: AsyncSession, row: Journey) -> Definition:
    """The version the journey began under."""
    pinned = select(JourneyDefinition).where(
        col(JourneyDefinition.organization_id) == row.organization_id,
        col(JourneyDefinition.key) == row.definition_key,
        col(JourneyDefinition.version) == row.definition_version,
    )
    return Definition.model_validate((await session.scalars(pinned)).one().body)


def journey_view(
    row: Journey, definition: Definition, told: Sequence[JourneyEntry], locale: str, *, staff: bool = False
) -> JourneyWhy:
    """`staff`: steps are called what whoever works for the organization calls them."""
    steps = {step.id: step for step in definition.steps}
    titles = {step.id: said(staff_title(step) if staff else step.title, locale) for step in definition.steps}
    now, then = steps[row.step], steps.get(row.then)
    return JourneyWhy(
        journey_id=row.id,
        patient_id=row.patient_id,
        program_id=row.program_id,
        appointment_id=row.appointment_id,
        title=said(definition.title, locale),
        definition_key=row.definition_key,
        definition_version=row.definition_version,
        ended=row.status == "ended",
        outcome=row.outcome,
        stage=row.stage,
        step=row.step,
        step_kind=now.kind,
        step_title=titles[now.id],
        owner=row.waits_for,
        since=row.since,
        until=row.until,
        then=row.then,
        then_kind=then.kind if then else "",
        then_title=_reached(definition, then, titles),
        escalated=row.escalated,
        version=row.version,
        story=tuple(_line(entry, titles) for entry in told),
    )


def appointment_view(
    row: Appointment, kind: AppointmentType, told: Sequence[AppointmentEntry], now: datetime, locale: str
) -> AppointmentWhy:
    status = status_at(Status(row.status), row.hold_until, now)
    waits = status in WAITED_FOR
    return AppointmentWhy(
        appointment_id=row.id,
        journey_id=row.journey_id,
        title=said(kind.name, locale),
        status=status,
        ended=not waits,
        owner=row.waits_for if waits else "",
        waits_for=_waited_for(row, status),
        since=told[0].at if told else row.booked_at,
        until=row.until if waits else None,
        then=row.then if waits else "",
        definition_key=kind.key,
        definition_version=CancellationTerms.model_validate(row.terms).version,
        story=tuple(StoryLine(at=entry.at, what=entry.what, by=entry.by) for entry in told),
    )


def _waited_for(row: Appointment, status: Status) -> str:
    return "beginning" if status is Status.CONFIRMED and not has_room(row.modality) else WAITED_FOR.get(status, "")


def _reached(definition: Definition, step: AnyStep | None, titles: dict[str, str]) -> str:
    """The words of `step`, or of the next step with words when it passes at once."""
    while step is not None and not titles[step.id] and step.kind != "end":
        step = definition.following(step.id)
    return titles[step.id] if step else ""


def _line(entry: JourneyEntry, titles: dict[str, str]) -> StoryLine:
    title = titles.get(entry.step, "")
    return StoryLine(at=entry.at, what=entry.what, by=entry.by, step=entry.step, title=title, detail=entry.detail)
