"""What a patient has answered, read and agreed to, as the specialist prepares with it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.questionnaires import Form, Question, mistakes, read_form, score
from domain.words import chain, said
from models import Consent, ConsentText, Material, OfferedMaterial, Questionnaire, QuestionnaireResponse
from usecases.views import View


class Answer(View):
    """`score` None where nothing is scored; `flagged`: the answer raises the form's flag."""

    question: str
    answer: str
    score: int | None
    most: int | None
    flagged: bool


class AnsweredForm(View):
    """`band` and `flags` are codes; `most` is the highest possible score."""

    response_id: UUID
    key: str
    title: str
    status: str
    completed_at: datetime | None
    score: int | None
    most: int | None
    band: str
    flags: tuple[str, ...]
    answers: tuple[Answer, ...]


class ConsentLine(View):
    kind: str
    title: str
    active: bool
    version: int
    given_at: datetime
    withdrawn_at: datetime | None


class MaterialLine(View):
    title: str
    offered_at: datetime
    read_at: datetime | None


async def answered_forms(session: AsyncSession, patient_id: UUID, locale: str) -> tuple[AnsweredForm, ...]:
    """What was sent, the newest first; what has a band or a flag comes before what has none."""
    query = (
        select(QuestionnaireResponse)
        .where(col(QuestionnaireResponse.patient_id) == patient_id)
        .where(col(QuestionnaireResponse.completed_at).is_not(None))
        .order_by(col(QuestionnaireResponse.completed_at).desc())
    )
    rows = sorted(await session.scalars(query), key=lambda row: not (row.band or row.flags))
    return tuple([await _answered(session, row, locale) for row in rows])


async def consents(session: AsyncSession, patient_id: UUID, locale: str) -> tuple[ConsentLine, ...]:
    """Per kind what holds now: the newest consent."""
    query = select(Consent).where(col(Consent.patient_id) == patient_id).order_by(col(Consent.given_at).desc())
    newest: dict[str, Consent] = {}
    for row in await session.scalars(query):
        newest.setdefault(row.kind, row)
    titles = await _consent_titles(session, newest, locale)
    return tuple(
        ConsentLine(
            kind=row.kind,
            title=titles.get(row.kind, row.kind),
            active=row.status == "active",
            version=row.version,
            given_at=row.given_at,
            withdrawn_at=row.withdrawn_at,
        )
        for row in sorted(newest.values(), key=lambda row: row.kind)
    )


async def materials(session: AsyncSession, appointment_id: UUID, locale: str) -> tuple[MaterialLine, ...]:
    """What was offered for this appointment, the newest first."""
    query = (
        select(OfferedMaterial, Material)
        .join(Material, col(Material.key) == col(OfferedMaterial.material_key))
        .where(col(Material.organization_id) == col(OfferedMaterial.organization_id))
        .where(col(OfferedMaterial.appointment_id) == appointment_id)
        .order_by(col(OfferedMaterial.offered_at).desc())
    )
    return tuple(
        MaterialLine(title=said(material.title, locale), offered_at=offered.offered_at, read_at=offered.read_at)
        for offered, material in (await session.execute(query)).all()
    )


async def _consent_titles(session: AsyncSession, given: dict[str, Consent], locale: str) -> dict[str, str]:
    organizations = {row.organization_id for row in given.values()}
    texts = select(ConsentText).where(
        col(ConsentText.organization_id).in_(organizations), col(ConsentText.kind).in_(given)
    )
    words: dict[str, dict[str, str]] = {}
    for row in await session.scalars(texts.order_by(col(ConsentText.version))):
        words.setdefault(row.kind, {})[row.locale] = row.title
    return {kind: said(titles, locale) for kind, titles in words.items()}


async def _answered(session: AsyncSession, row: QuestionnaireResponse, locale: str) -> AnsweredForm:
    form = await _form(session, row, locale)
    items = score(form, row.answers).items
    answers = tuple(_answer(question, row.answers.get(question.link_id, ""), items) for question in form.answerable)
    most = sum(_most(question) or 0 for question in form.answerable if question.scored)
    return AnsweredForm(
        response_id=row.id,
        key=row.questionnaire_key,
        title=form.title,
        status=row.status,
        completed_at=row.completed_at,
        score=row.score,
        most=most or None,
        band=row.band,
        flags=tuple(row.flags),
        answers=tuple(answer for answer in answers if answer.answer),
    )


async def _form(session: AsyncSession, row: QuestionnaireResponse, locale: str) -> Form:
    """In the reader's language where its codes fit the answers, otherwise as the patient saw it."""
    query = select(Questionnaire).where(
        col(Questionnaire.organization_id) == row.organization_id,
        col(Questionnaire.key) == row.questionnaire_key,
        col(Questionnaire.version) == row.questionnaire_version,
    )
    known = {form.locale: form for form in await session.scalars(query)}
    for tag in (*chain(locale), row.locale):
        if tag in known:
            form = read_form(known[tag].resource)
            if tag == row.locale or not mistakes(form, row.answers, complete=False):
                return form
    return read_form(known[row.locale].resource)


def _answer(question: Question, given: str, items: dict[str, int]) -> Answer:
    words = next((option.text for option in question.options if option.code == given), str(given))
    value = items.get(question.link_id)
    return Answer(
        question=question.text,
        answer=words,
        score=value,
        most=_most(question),
        flagged=bool(question.flag) and (value or 0) >= 1,
    )


def _most(question: Question) -> int | None:
    return max((option.score for option in question.options if option.score is not None), default=None)
