"""Rows of a pack: brought up to date when it is loaded again, or published for good."""

from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from domain.refusals import DocumentInvalid

Row = TypeVar("Row", bound=SQLModel)


async def keep(session: AsyncSession, table: type[Row], known_by: dict[str, Any], values: dict[str, Any]) -> Row:
    """The row known by these columns, with these values; made when there is none."""
    row = (await session.scalars(select(table).filter_by(**known_by))).one_or_none()
    if row is None:
        row = table(**known_by, **values)
        session.add(row)
    else:
        row.sqlmodel_update(values)
    await session.flush()
    return row


async def publish(session: AsyncSession, table: type[Row], known_by: dict[str, Any], text: dict[str, Any]) -> Row:
    """The version known by these columns, as people have agreed to it or begun it. Raises `DocumentInvalid` when it
    reads differently there: a changed text is another version.
    """
    row = (await session.scalars(select(table).filter_by(**known_by))).one_or_none()
    if row is None:
        return await keep(session, table, known_by, text)
    if any(getattr(row, name) != value for name, value in text.items()):
        which = " ".join(str(value) for name, value in known_by.items() if name != "organization_id")
        what = str(table.__tablename__).replace("_", " ")
        raise DocumentInvalid([f"{what} {which}: this version is published and reads differently. Make it the next."])
    return row
