"""One journey: "why?", its whole story, its tasks and appointments; patients' results only for clinical roles."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Operator
from domain.refusals import NotFound
from domain.words import said
from models import Journey, Message, Program, QuestionnaireResponse, Task
from usecases.context import Context
from usecases.organization.appointment_rows import AppointmentRow, Wanted, find_appointments
from usecases.organization.forms import form_titles
from usecases.organization.journeys import JourneyRow, all_journeys, journey_rows
from usecases.organization.messages import MessageRow, all_messages
from usecases.organization.messages import row_of as message_of
from usecases.organization.tasks import TaskRow, all_tasks, task_rows
from usecases.permission import may, needs
from usecases.views import View
from usecases.why import JourneyWhy, StoryLine, journey_why
from workflows.ids import journey_workflow_id

DECIDED_BY_RESULTS = {"passed-triage", "passed-branch"}
"""Story lines whose detail says what a patient's answers led to."""


class ResultView(View):
    """A completed form: what it scored, never what was answered."""

    form: str
    title: str
    completed_at: datetime | None
    score: int | None
    band: str
    flags: tuple[str, ...]


class JourneyPage(View):
    """`results` is None for roles that may not see them; then the story says less, too."""

    journey: JourneyRow
    program: str
    why: JourneyWhy
    tasks: tuple[TaskRow, ...]
    appointments: tuple[AppointmentRow, ...]
    messages: tuple[MessageRow, ...]
    results: tuple[ResultView, ...] | None
    workflow_url: str


@needs("journey:read", of="journey", act="journey:read")
async def journey(context: Context, operator: Operator, journey_id: UUID, locale: str) -> JourneyPage:
    """Raises `NotFound`, also for another organization's."""
    clinical = may(operator, "journey:results")
    booked = await find_appointments(context.database, operator, Wanted(journey_id=journey_id), locale)
    async with context.database.transaction(operator) as session:
        mine = all_journeys(operator.organization_id).where(col(Journey.id) == journey_id)
        found = (await session.execute(mine)).all()
        if not found:
            raise NotFound
        row = found[0][0]
        why = await journey_why(session, operator, row, locale)
        program = await session.get(Program, row.program_id) if row.program_id else None
        todo = (
            all_tasks(operator.organization_id)
            .where(col(Task.journey_id) == journey_id)
            .order_by(col(Task.opened_at).desc())
        )
        sent = all_messages(operator).where(col(Message.journey_id) == journey_id).order_by(col(Message.created_at))
        page = JourneyPage(
            journey=(await journey_rows(session, operator, found, context.now(), locale))[0],
            program=said(program.name, locale) if program else "",
            why=why,
            tasks=await task_rows(session, operator, (await session.execute(todo)).all(), context.now(), locale),
            appointments=booked.rows,
            messages=tuple(message_of(*each) for each in await session.execute(sent)),
            results=await _results(session, journey_id, locale) if clinical else None,
            workflow_url=context.portals.workflow(journey_workflow_id(journey_id)),
        )
    return page if clinical else discreet(page)


def discreet(page: JourneyPage) -> JourneyPage:
    """Without what the patient's answers led to."""
    story = tuple(_discreet(line) for line in page.why.story)
    return page.model_copy(update={"why": page.why.model_copy(update={"story": story})})


def _discreet(line: StoryLine) -> StoryLine:
    return line.model_copy(update={"detail": ""}) if line.what in DECIDED_BY_RESULTS else line


async def _results(session: AsyncSession, journey_id: UUID, locale: str) -> tuple[ResultView, ...]:
    done = (
        select(QuestionnaireResponse)
        .where(col(QuestionnaireResponse.journey_id) == journey_id, col(QuestionnaireResponse.status) != "in-progress")
        .order_by(col(QuestionnaireResponse.completed_at).desc())
    )
    rows = (await session.scalars(done)).all()
    titles = await form_titles(session, {row.questionnaire_key for row in rows}, locale)
    return tuple(
        ResultView(
            form=row.questionnaire_key,
            title=titles.get(row.questionnaire_key, row.questionnaire_key),
            completed_at=row.completed_at,
            score=row.score,
            band=row.band,
            flags=tuple(row.flags),
        )
        for row in rows
    )
