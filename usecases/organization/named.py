"""Rows of people who are looked for by name. The people come first, as values: an index leads from a few to what is
theirs, and most rows of a list belong to one of many."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models import Patient, Person
from usecases.listing import named_like

FEW = 5_000


async def of_people_named(session: AsyncSession, column: Any, name: str) -> ColumnElement[bool]:
    """Rows whose `column` is a person of that name."""
    return _among(column, await _people(session, name), select(col(Person.id)).where(named_like(name)))


async def of_patients_named(session: AsyncSession, column: Any, name: str) -> ColumnElement[bool]:
    """Rows whose `column` is a patient of that name."""
    every = select(col(Patient.id)).join(Person, col(Person.id) == col(Patient.person_id)).where(named_like(name))
    return _among(column, await patients_named(session, name), every)


async def patients_named(session: AsyncSession, name: str) -> list[UUID] | None:
    """Their ids; None when they are more than `FEW`."""
    people = await _people(session, name)
    if not people:
        return people
    return list(await session.scalars(select(col(Patient.id)).where(_is_any(col(Patient.person_id), people))))


async def _people(session: AsyncSession, name: str) -> list[UUID] | None:
    found = list(await session.scalars(select(col(Person.id)).where(named_like(name)).limit(FEW + 1)))
    return None if len(found) > FEW else found


def _among(column: Any, few: list[UUID] | None, every: "Select[UUID]") -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.in_(every) if few is None else _is_any(column, few)
    return found


def _is_any(column: Any, ids: list[UUID]) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column == any_(literal(ids, ARRAY(Uuid)))
    return found
