"""Forms of a journey: shown in the patient's language, saved in parts, completed once, scored, told to the journey."""

from collections.abc import Mapping
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain import questionnaires
from domain.actors import Patient
from domain.journeys.language import Form, Survey
from domain.journeys.state import FormCompleted
from domain.refusals import InvalidInput, NotFound, StepNotOpen
from domain.words import best
from models import Journey, Questionnaire, QuestionnaireResponse
from models.form import response_id
from usecases.context import Context
from usecases.journeys import tell
from usecases.permission import needs
from usecases.views import Command, View
from usecases.why import definition_of


class Option(View):
    code: str
    text: str


class Question(View):
    """`kind`: choice, text, integer, boolean, or display for words that ask nothing."""

    link_id: str
    text: str
    kind: str
    required: bool
    options: tuple[Option, ...]


class FormView(View):
    """`answers`: link id -> code or text as saved; `flagged`: an answer that needs attention at once."""

    journey_id: UUID
    step: str
    kind: str
    key: str
    version: int
    locale: str
    title: str
    questions: tuple[Question, ...]
    answers: dict[str, str]
    answered: int
    asked: int
    flagged: bool


class Answers(Command):
    """`answers`: link id -> code of the option, or what was typed."""

    answers: dict[str, str] = Field(default_factory=dict, max_length=200)


class _Open:
    """A form that is open: its journey, its response (perhaps not stored yet) and its questions."""

    def __init__(self, journey: Journey, step: Form | Survey, row: QuestionnaireResponse, sheet: Questionnaire) -> None:
        self.journey, self.step, self.row, self.sheet = journey, step, row, sheet
        self.form = questionnaires.read_form(sheet.resource)


@needs("form:answer", of="journey", act="form:read")
async def open_form(context: Context, patient: Patient, journey_id: UUID, locale: str) -> FormView:
    """Raises `NotFound`, or `StepNotOpen` when the journey waits for no form."""
    async with context.database.transaction(patient) as session:
        found = await _open(session, context, patient, journey_id, locale)
    if found.row.status == "completed":
        await _finish(context, found)
        raise StepNotOpen
    return _view(found)


@needs("form:answer", of="journey")
async def save(context: Context, patient: Patient, journey_id: UUID, command: Answers, locale: str) -> FormView:
    """Keep what was answered so far. Raises `InvalidInput` for answers that do not fit; the others are kept."""
    found, wrong = await _keep(context, patient, journey_id, command.answers, locale, complete=False)
    if wrong:
        raise InvalidInput({f"answers.{name}": text for name, text in wrong.items()})
    return _view(found)


@needs("form:answer", of="journey", act="form:complete")
async def complete(context: Context, patient: Patient, journey_id: UUID, command: Answers, locale: str) -> None:
    """Complete and score the form, and tell the journey. Raises `InvalidInput`; what was answered is kept even so."""
    found, wrong = await _keep(context, patient, journey_id, command.answers, locale, complete=True)
    if wrong:
        raise InvalidInput({f"answers.{name}": text for name, text in wrong.items()})
    await _finish(context, found)


async def _keep(
    context: Context, patient: Patient, journey_id: UUID, answers: Mapping[str, str], locale: str, *, complete: bool
) -> tuple[_Open, dict[str, str]]:
    async with context.database.transaction(patient) as session:
        found = await _open(session, context, patient, journey_id, locale)
        row = found.row
        stored = insert(QuestionnaireResponse).values(row.model_dump()).on_conflict_do_nothing()
        await session.execute(stored)
        row = await session.get_one(QuestionnaireResponse, row.id, with_for_update=True, populate_existing=True)
        found.row = row
        if row.status == "completed":
            return found, {}
        wrong = questionnaires.mistakes(found.form, answers, complete=complete)
        row.answers = {name: value for name, value in answers.items() if value and name not in wrong}
        row.questionnaire_version, row.locale = found.sheet.version, found.sheet.locale
        result = questionnaires.score(found.form, row.answers)
        row.flags = list(result.flags)
        if complete and not wrong:
            row.status, row.completed_at = "completed", context.now()
            row.score, row.band = result.score, result.band
    return found, wrong


async def _finish(context: Context, found: _Open) -> None:
    """Tell the journey; also when an earlier try was stored but never reached it."""
    facts = questionnaires.score(found.form, found.row.answers).facts
    event = FormCompleted(form=found.step.form, facts=facts)
    await tell(context, found.journey.id, event, f"form/{found.row.id}")


async def _open(session: AsyncSession, context: Context, patient: Patient, journey_id: UUID, locale: str) -> _Open:
    journey = await session.get(Journey, journey_id)
    if journey is None or journey.patient_id != patient.patient_id:
        raise NotFound
    step = (await definition_of(session, journey)).step(journey.step)
    if journey.status != "active" or not isinstance(step, Form | Survey):
        raise StepNotOpen
    assert journey.since
    asked = response_id(journey.id, journey.step, journey.since)
    row = await session.get(QuestionnaireResponse, asked)
    sheet = await _sheet(session, step.form, row.questionnaire_version if row else None, locale)
    if row is None:
        row = QuestionnaireResponse(
            id=asked,
            organization_id=patient.organization_id,
            patient_id=patient.patient_id,
            journey_id=journey.id,
            step=journey.step,
            questionnaire_key=step.form,
            questionnaire_version=sheet.version,
            locale=sheet.locale,
            started_at=context.now(),
        )
    return _Open(journey, step, row, sheet)


async def _sheet(session: AsyncSession, key: str, version: int | None, locale: str) -> Questionnaire:
    """The version the answers were begun with, else the newest, in the best language it has."""
    query = select(Questionnaire).where(col(Questionnaire.key) == key)
    sheets = list(await session.scalars(query))
    if not sheets:
        raise NotFound
    wanted = version or max(sheet.version for sheet in sheets)
    by_locale = {sheet.locale: sheet for sheet in sheets if sheet.version == wanted}
    return by_locale[best(by_locale, locale) or locale]


def _view(found: _Open) -> FormView:
    row, form = found.row, found.form
    return FormView(
        journey_id=found.journey.id,
        step=found.journey.step,
        kind=found.step.kind,
        key=found.sheet.key,
        version=found.sheet.version,
        locale=found.sheet.locale,
        title=form.title or found.sheet.title,
        questions=tuple(_question(question) for question in form.questions),
        answers={name: str(value) for name, value in row.answers.items()},
        answered=sum(1 for question in form.answerable if row.answers.get(question.link_id)),
        asked=len(form.answerable),
        flagged=bool(row.flags),
    )


def _question(question: questionnaires.Question) -> Question:
    options = tuple(Option(code=option.code, text=option.text) for option in question.options)
    return Question(
        link_id=question.link_id,
        text=question.text,
        kind=question.kind,
        required=question.required,
        options=options,
    )
