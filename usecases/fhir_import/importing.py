"""An import: every file is read first, then one transaction takes all of it or nothing."""

import secrets
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import House
from domain.refusals import DocumentInvalid
from models import Brand, Organization
from models.session import Database
from usecases.fhir_import.organizations import take_organizations
from usecases.fhir_import.patients import take_patients
from usecases.fhir_import.practitioners import take_practitioners
from usecases.fhir_import.reading import Resource, read_files
from usecases.fhir_import.report import Report
from usecases.identity.passwords import Passwords


async def import_fhir(
    database: Database,
    passwords: Passwords,
    paths: Iterable[Path],
    organization_key: str,
    brand_key: str,
    today: date,
) -> list[Report]:
    """What became of every kind that the files hold. Raises `DocumentInvalid` before anything is written."""
    found = read_files(paths)
    nobody = await passwords.hash(secrets.token_urlsafe(48))
    async with database.transaction(House()) as session:
        organization = await named_organization(session, organization_key)
        brand = await _brand(session, organization, brand_key)
        return [report async for report in _take(session, found, organization, brand, nobody, today)]


async def _take(
    session: AsyncSession,
    found: Mapping[str, list[Resource]],
    organization: Organization,
    brand: Brand,
    nobody: str,
    today: date,
) -> AsyncIterator[Report]:
    if places := found["Organization"]:
        yield await take_organizations(session, organization, places)
    if practitioners := found["Practitioner"]:
        yield await take_practitioners(session, organization, practitioners, nobody, today)
    if patients := found["Patient"]:
        yield await take_patients(session, brand, patients, nobody)


async def named_organization(session: AsyncSession, key: str) -> Organization:
    """Raises `DocumentInvalid` that names those there are."""
    found = {row.key: row for row in await session.scalars(select(Organization))}
    if key not in found:
        raise DocumentInvalid([f"There is no organization '{key}'. Name one of: {', '.join(sorted(found))}."])
    return found[key]


async def _brand(session: AsyncSession, organization: Organization, key: str) -> Brand:
    mine = select(Brand).where(col(Brand.organization_id) == organization.id)
    found = {row.key: row for row in await session.scalars(mine)}
    if key not in found:
        choice = ", ".join(sorted(found))
        raise DocumentInvalid([f"'{organization.key}' has no brand '{key}'. Name one of: {choice}."])
    return found[key]
