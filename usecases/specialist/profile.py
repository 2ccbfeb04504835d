"""What a specialist says of themselves, and what organizations and authorities have settled (read only)."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from pydantic import Field, field_validator
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Specialist
from domain.words import said
from models import AppointmentType, Engagement, Licence, Organization, Person, PersonChange
from models import Specialist as SpecialistRow
from usecases.context import Context
from usecases.permission import needs
from usecases.views import Command, View


class EngagementLine(View):
    """`terms` as agreed: `kind` percentage (`percent`), flat or hourly (`amount`, `currency`)."""

    organization_id: UUID
    organization: str
    status: str
    effective_from: date
    effective_until: date | None
    version: int
    terms: dict[str, Any]
    services: tuple[str, ...]


class LicenceLine(View):
    jurisdiction: str
    number: str
    expires_on: date
    expired: bool


class Profile(View):
    """`biography` by locale; `zone` is the clock of the calendar."""

    name: str
    title: str
    profession: str
    npi: str
    specialities: tuple[str, ...]
    languages: tuple[str, ...]
    biography: dict[str, str]
    zone: str
    engagements: tuple[EngagementLine, ...]
    licences: tuple[LicenceLine, ...]


class SaveProfile(Command):
    languages: list[str] = Field(min_length=1, max_length=12)
    biography: dict[str, Annotated[str, Field(max_length=2000)]] = Field(default_factory=dict, max_length=12)
    zone: str

    @field_validator("languages")
    @classmethod
    def real(cls, languages: list[str]) -> list[str]:
        for code in languages:
            try:
                Locale.parse(code, sep="-")
            except (ValueError, UnknownLocaleError) as unknown:
                raise ValueError("Choose one of the answers shown.") from unknown
        return list(dict.fromkeys(languages))

    @field_validator("biography")
    @classmethod
    def filled(cls, biography: dict[str, str]) -> dict[str, str]:
        return {locale: text.strip() for locale, text in biography.items() if text.strip()}

    @field_validator("zone")
    @classmethod
    def known(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError("Choose one of the answers shown.")
        return zone


@needs("profile:read")
async def profile(context: Context, specialist: Specialist, locale: str) -> Profile:
    async with context.database.transaction(specialist) as session:
        row = await session.get_one(SpecialistRow, specialist.specialist_id)
        return Profile(
            name=row.display_name,
            title=said(row.title, locale),
            profession=row.profession,
            npi=row.npi,
            specialities=tuple(row.specialities),
            languages=tuple(row.languages),
            biography=row.biography,
            zone=row.time_zone,
            engagements=await _engagements(session, specialist, locale),
            licences=await _licences(session, specialist, context.now().date()),
        )


@needs("profile:write")
async def save_profile(context: Context, specialist: Specialist, command: SaveProfile) -> None:
    """The new zone moves the hours that are offered, never an appointment. Raises `InvalidInput`."""
    async with context.database.transaction(specialist) as session:
        row = await session.get_one(SpecialistRow, specialist.specialist_id, with_for_update=True)
        person = await session.get_one(Person, specialist.person_id)
        wanted = {"languages": command.languages, "biography": command.biography, "time_zone": command.zone}
        changed = [name for name, value in wanted.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, wanted[name])
        person.time_zone = command.zone
        if changed:
            known_by = {"person_id": person.id, "changed_by": person.id}
            session.add(PersonChange(**known_by, at=context.now(), fields={"specialist": changed}))


async def _engagements(session: AsyncSession, specialist: Specialist, locale: str) -> tuple[EngagementLine, ...]:
    query = (
        select(Engagement, Organization)
        .join(Organization, col(Organization.id) == col(Engagement.organization_id))
        .where(col(Engagement.specialist_id) == specialist.specialist_id)
        .order_by(col(Organization.name))
    )
    services = await _services(session, locale)
    return tuple(
        EngagementLine(
            organization_id=organization.id,
            organization=organization.name,
            status=row.status,
            effective_from=row.effective_from,
            effective_until=row.effective_until,
            version=row.version,
            terms=row.terms,
            services=tuple(
                name
                for key, name in services.get(organization.id, [])
                if not row.appointment_types or key in row.appointment_types
            ),
        )
        for row, organization in (await session.execute(query)).all()
    )


async def _services(session: AsyncSession, locale: str) -> dict[UUID, list[tuple[str, str]]]:
    found: dict[UUID, list[tuple[str, str]]] = {}
    for kind in await session.scalars(select(AppointmentType).order_by(col(AppointmentType.key))):
        found.setdefault(kind.organization_id, []).append((kind.key, said(kind.name, locale)))
    return found


async def _licences(session: AsyncSession, specialist: Specialist, today: date) -> tuple[LicenceLine, ...]:
    mine = select(Licence).where(col(Licence.specialist_id) == specialist.specialist_id)
    return tuple(
        LicenceLine(
            jurisdiction=row.jurisdiction,
            number=row.number,
            expires_on=row.expires_on,
            expired=row.expires_on < today,
        )
        for row in await session.scalars(mine.order_by(col(Licence.jurisdiction)))
    )
