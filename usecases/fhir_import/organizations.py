"""FHIR Organizations become locations of one organization."""

from typing import Any
from uuid import uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from models import Location, Organization
from usecases.fhir_import import elements
from usecases.fhir_import.reading import Resource
from usecases.fhir_import.report import Became, Report, known, refused
from usecases.fhir_import.shapes import misshapen


async def take_organizations(session: AsyncSession, organization: Organization, resources: list[Resource]) -> Report:
    became = tuple([await _take(session, organization, resource) for resource in resources])
    return Report(kind="Organization", into=f"locations of {organization.key}", became=became)


async def _take(session: AsyncSession, organization: Organization, resource: Resource) -> Became:
    if why := misshapen(resource):
        return refused(resource["id"], "", why)
    name = str(resource.get("name", "")).strip(" -")
    if not name:
        return refused(resource["id"], "", "it has no name")
    described: dict[str, Any] = {"name": name, "address": elements.address(resource)}
    location_id = uuid5(organization.id, f"Organization/{resource['id']}")
    if there := await session.get(Location, location_id):
        return known(resource["id"], name, elements.differing(there, described))
    session.add(
        Location(
            id=location_id,
            organization_id=organization.id,
            key=resource["id"],
            kind="physical",
            time_zone=organization.time_zone,
            **described,
        )
    )
    await session.flush()
    return Became(id=resource["id"], name=name, what="new")
