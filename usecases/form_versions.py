"""Publishing a form in its languages. What patients have begun to answer never changes: a change is a new version."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models import Questionnaire

Resource = dict[str, Any]
"""A FHIR R4 Questionnaire."""


class Published(NamedTuple):
    """`new` is False when these very texts were there already."""

    version: int
    new: bool


async def publish_form(
    session: AsyncSession, organization_id: UUID, key: str, texts: Mapping[str, Resource]
) -> Published:
    """A language that was missing joins the form's newest version; a changed text begins the next, and the other
    languages come along.
    """
    sheets = await newest_sheets(session, organization_id, key)
    version = next((sheet.version for sheet in sheets.values()), 1)
    before = {locale: sheet.resource for locale, sheet in sheets.items()}
    fresh = {locale: text for locale, text in texts.items() if before.get(locale) != text}
    if before.keys() & fresh.keys():
        version, fresh = version + 1, before | fresh
    session.add_all(_sheet(organization_id, key, version, locale, text) for locale, text in fresh.items())
    return Published(version, bool(fresh))


async def newest_sheets(session: AsyncSession, organization_id: UUID, key: str) -> dict[str, Questionnaire]:
    """The form's newest version, by locale."""
    mine = select(Questionnaire).where(
        col(Questionnaire.organization_id) == organization_id, col(Questionnaire.key) == key
    )
    sheets = list(await session.scalars(mine.order_by(col(Questionnaire.locale))))
    newest = max((sheet.version for sheet in sheets), default=0)
    return {sheet.locale: sheet for sheet in sheets if sheet.version == newest}


def _sheet(organization_id: UUID, key: str, version: int, locale: str, resource: Resource) -> Questionnaire:
    return Questionnaire(
        organization_id=organization_id,
        key=key,
        version=version,
        locale=locale,
        title=str(resource.get("title") or key),
        resource=resource,
    )
