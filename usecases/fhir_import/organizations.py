"""FHIR Organizations become locations of one organization."""

from uuid import uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from models import Location, Organization
from usecases.fhir_import import elements
from usecases.fhir_import.reading import Resource
from usecases.fhir_import.report import Report, Turned


async def take_organizations(session: AsyncSession, organization: Organization, resources: list[Resource]) -> Report:
    made, renewed, refused = 0, 0, []
    for resource in resources:
        name = resource.get("name")
        if not isinstance(name, str) or not name.strip(" -"):
            refused.append(Turned(id=resource["id"], name="", why="it has no name"))
        elif await _take(session, organization, resource, name.strip(" -")):
            made += 1
        else:
            renewed += 1
    return Report(
        kind="Organization",
        into=f"locations of {organization.key}",
        made=made,
        renewed=renewed,
        refused=tuple(refused),
    )


async def _take(session: AsyncSession, organization: Organization, resource: Resource, name: str) -> bool:
    """True when the location is new."""
    location_id = uuid5(organization.id, f"Organization/{resource['id']}")
    known = await session.get(Location, location_id)
    if known is not None:
        known.name, known.address = name, elements.address(resource)
        return False
    session.add(
        Location(
            id=location_id,
            organization_id=organization.id,
            key=resource["id"],
            name=name,
            kind="physical",
            time_zone=organization.time_zone,
            address=elements.address(resource),
        )
    )
    return True
