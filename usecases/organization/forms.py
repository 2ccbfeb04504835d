"""The organization's questionnaires, and one as patients see it."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Operator
from domain.questionnaires import read_form
from domain.refusals import NotFound
from domain.words import said
from models import Questionnaire
from usecases.context import Context
from usecases.permission import needs
from usecases.views import View


class FormRow(View):
    """One form in one version; `locales`: (locale, title, id)."""

    key: str
    version: int
    questions: int
    locales: tuple[tuple[str, str, UUID], ...]


class QuestionView(View):
    """`options`: (code, text, score or None); `flag` names what a score of 1 or more means."""

    link_id: str
    text: str
    kind: str
    required: bool
    options: tuple[tuple[str, str, int | None], ...]
    scored: bool
    flag: str


class FormPage(View):
    """`bands`: (least score, name), the lowest first."""

    id: UUID
    key: str
    version: int
    locale: str
    title: str
    questions: tuple[QuestionView, ...]
    bands: tuple[tuple[int, str], ...]


@needs("form:read")
async def forms(context: Context, operator: Operator) -> tuple[FormRow, ...]:
    query = (
        select(Questionnaire)
        .where(col(Questionnaire.organization_id) == operator.organization_id)
        .order_by(col(Questionnaire.key), col(Questionnaire.version).desc(), col(Questionnaire.locale))
    )
    groups: dict[tuple[str, int], list[Questionnaire]] = {}
    async with context.database.transaction(operator) as session:
        for row in await session.scalars(query):
            groups.setdefault((row.key, row.version), []).append(row)
    return tuple(
        FormRow(
            key=key,
            version=version,
            questions=len(read_form(rows[0].resource).answerable),
            locales=tuple((row.locale, row.title, row.id) for row in rows),
        )
        for (key, version), rows in groups.items()
    )


async def form_titles(session: AsyncSession, keys: Iterable[str], locale: str) -> dict[str, str]:
    """Key -> what the newest version is called."""
    rows = select(Questionnaire).where(col(Questionnaire.key).in_(set(keys))).order_by(col(Questionnaire.version))
    words: dict[str, dict[str, str]] = {}
    for row in await session.scalars(rows):
        words.setdefault(row.key, {})[row.locale] = row.title
    return {key: said(titles, locale) for key, titles in words.items()}


@needs("form:read")
async def form(context: Context, operator: Operator, form_id: UUID) -> FormPage:
    """Raises `NotFound`, also for another organization's."""
    async with context.database.transaction(operator) as session:
        row = await session.get(Questionnaire, form_id)
    if row is None or row.organization_id != operator.organization_id:
        raise NotFound
    read = read_form(row.resource)
    return FormPage(
        **row.model_dump(include={"id", "key", "version", "locale", "title"}),
        questions=tuple(
            QuestionView(
                link_id=question.link_id,
                text=question.text,
                kind=question.kind,
                required=question.required,
                options=tuple((option.code, option.text, option.score) for option in question.options),
                scored=question.scored,
                flag=question.flag,
            )
            for question in read.questions
        ),
        bands=read.bands,
    )
