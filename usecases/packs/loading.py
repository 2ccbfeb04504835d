"""Taking a pack into the database: one transaction, safe to repeat; what is there already is brought up to date.

Published versions never change: a pack that changes one without a new number is refused as a whole. Nor does the
address of a place where sessions in person are.
"""

from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import House
from domain.journeys.validation import read_definition
from domain.packs.organizations import BrandDocument, OrganizationDocument
from domain.packs.pack import Pack
from domain.refusals import DocumentInvalid
from models import (
    AppointmentType,
    Brand,
    ConsentText,
    JourneyDefinition,
    Location,
    Material,
    MessageTemplate,
    Organization,
    Price,
    Program,
)
from models.session import Database
from usecases.form_versions import publish_form
from usecases.identity.passwords import Passwords
from usecases.packs.keeping import keep, publish
from usecases.packs.people import load_members, load_patients, load_specialist


async def load_pack(database: Database, passwords: Passwords, pack: Pack) -> None:
    """Nothing is half-loaded: any error leaves the database as it was."""
    async with database.transaction(House()) as session:
        ids: dict[str, UUID] = {}
        for organization in pack.organizations:
            ids[organization.key] = await _organization(session, passwords, organization, pack)
        for specialist in pack.specialists:
            await load_specialist(session, passwords, specialist, ids)


async def is_empty(database: Database) -> bool:
    """True when no organization has ever been loaded."""
    async with database.transaction(House()) as session:
        return (await session.scalars(select(Organization).limit(1))).first() is None


async def _organization(
    session: AsyncSession, passwords: Passwords, document: OrganizationDocument, pack: Pack
) -> UUID:
    plain = document.model_dump(include={"name", "legal_name", "kind", "time_zone"})
    organization = await keep(session, Organization, {"key": document.key}, plain)
    mine = {"organization_id": organization.id}
    brands: dict[str, UUID] = {}
    for brand in document.brands:
        await _check_free(session, brand, organization.id)
        values = {**mine, **brand.model_dump(exclude={"key"}), "locales": list(brand.locales)}
        brands[brand.key] = (await keep(session, Brand, {"key": brand.key}, values)).id
    await _programs(session, document, mine, brands)
    await _appointment_types(session, document, mine, brands)
    await _care(session, pack, mine, brands)
    await _journeys_and_forms(session, pack, mine)
    await load_members(session, passwords, document, organization.id)
    await load_patients(session, passwords, document, organization.id, brands)
    return organization.id


async def _check_free(session: AsyncSession, brand: BrandDocument, organization_id: UUID) -> None:
    """Patients stay with the organization they came to. Raises `DocumentInvalid` for another's brand or host."""
    same = or_(col(Brand.key) == brand.key, col(Brand.host) == brand.host)
    for row in await session.scalars(select(Brand).where(same, col(Brand.organization_id) != organization_id)):
        taken, what = (brand.key, "key") if row.key == brand.key else (brand.host, "host")
        sentence = f"brand '{brand.key}': another organization here has the {what} '{taken}'. Give yours its own."
        raise DocumentInvalid([sentence])


async def _programs(
    session: AsyncSession, document: OrganizationDocument, mine: dict[str, UUID], brands: dict[str, UUID]
) -> None:
    for program in document.programs:
        values = {"name": program.name, "summary": program.summary, "journey_key": program.journey}
        for brand in program.brands:
            await keep(session, Program, {**mine, "brand_id": brands[brand], "key": program.key}, values)


async def _appointment_types(
    session: AsyncSession, document: OrganizationDocument, mine: dict[str, UUID], brands: dict[str, UUID]
) -> None:
    locations = await _locations(session, document, mine)
    currencies = {brand.key: brand.currency for brand in document.brands}
    for kind in document.appointment_types:
        values = kind.model_dump(exclude={"key", "prices", "location"}, mode="json")
        values["location_id"] = locations[kind.location] if kind.location else None
        row = await keep(session, AppointmentType, {**mine, "key": kind.key}, values)
        for brand, amount in kind.prices.items():
            known_by = {**mine, "brand_id": brands[brand], "appointment_type_id": row.id}
            await keep(session, Price, known_by, {"amount": amount, "currency": currencies[brand]})


async def _locations(session: AsyncSession, document: OrganizationDocument, mine: dict[str, UUID]) -> dict[str, UUID]:
    ids: dict[str, UUID] = {}
    for location in document.locations:
        values = location.model_dump(exclude={"key", "address"})
        values["address"] = location.address.model_dump(exclude_defaults=True)
        known_by = {**mine, "key": location.key}
        await _check_stays(session, known_by, values["address"])
        ids[location.key] = (await keep(session, Location, known_by, values)).id
    return ids


async def _check_stays(session: AsyncSession, known_by: dict[str, Any], address: dict[str, Any]) -> None:
    """Who is booked at a place finds it where they were told. Raises `DocumentInvalid` when it would move."""
    there = (await session.scalars(select(Location).filter_by(**known_by))).one_or_none()
    if there and there.kind == "physical" and there.address != address:
        raise DocumentInvalid(
            [
                f"location {there.key}: people are told its address when they book. Give the other address a location "
                "of its own, with another key"
            ]
        )


async def _care(session: AsyncSession, pack: Pack, mine: dict[str, UUID], brands: dict[str, UUID]) -> None:
    for material in pack.care.materials:
        await keep(session, Material, {**mine, "key": material.key}, material.model_dump(exclude={"key"}))
    for position, consent in enumerate(pack.care.consents):
        for locale, body in consent.body.items():
            known_by = {**mine, "kind": consent.kind, "locale": locale, "version": consent.version}
            text = {"title": consent.title[locale], "body": body, "body_hash": sha256(body.encode()).hexdigest()}
            row = await publish(session, ConsentText, known_by, text)
            row.required, row.position = consent.required, position
    for template in pack.care.templates:
        if template.brand and template.brand not in brands:
            continue
        brand_id = brands[template.brand] if template.brand else None
        for locale, body in template.body.items():
            known_by = {**mine, "brand_id": brand_id, "key": template.key, "channel": template.channel}
            known_by |= {"locale": locale, "version": template.version}
            await keep(session, MessageTemplate, known_by, {"subject": template.subject.get(locale, ""), "body": body})


async def _journeys_and_forms(session: AsyncSession, pack: Pack, mine: dict[str, UUID]) -> None:
    for document in pack.journeys:
        definition = read_definition(document)
        known_by = {**mine, "key": definition.key, "version": definition.version}
        await publish(session, JourneyDefinition, known_by, {"body": document})
    for key, texts in pack.forms.items():
        await publish_form(session, mine["organization_id"], key, texts)
