"""Who the patient is and where: read and changed by the patient, versioned, each change noted without its values."""

from datetime import date
from typing import Any, Literal
from zoneinfo import available_timezones

from pydantic import Field, PastDate, field_validator
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actors import Patient
from domain.jurisdictions import country_of
from domain.refusals import InvalidInput, ProfileChanged
from models import Brand, Person, PersonChange
from models import Patient as PatientRow
from models.announcements import announce
from usecases.context import Context
from usecases.patient.phones import as_e164
from usecases.permission import needs
from usecases.places import KnownPlace
from usecases.views import Command, Line, View

Gender = Literal["female", "male", "other", "unknown"]
OF_PERSON = ("given_name", "family_name", "time_zone")
OF_PATIENT = ("birth_date", "gender", "jurisdiction")


class ProfileView(View):
    """`jurisdiction` is where the patient is now; it decides who may treat. `version` grows with each change."""

    given_name: str
    family_name: str
    email: str
    birth_date: date | None
    gender: str
    jurisdiction: str
    time_zone: str
    emergency_name: str
    emergency_phone: str
    version: int


class SaveProfile(Command):
    """`version` is the one the form was filled in on: a profile changed since then is not overwritten."""

    given_name: Line = Field(min_length=1, max_length=80)
    family_name: Line = Field(min_length=1, max_length=80)
    birth_date: PastDate | None = None
    gender: Gender = "unknown"
    jurisdiction: KnownPlace
    time_zone: str = Field(max_length=64)
    emergency_name: Line = Field(default="", max_length=120)
    emergency_phone: str = Field(default="", max_length=40)
    version: int = Field(ge=1, le=1_000_000)

    @field_validator("time_zone")
    @classmethod
    def known_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError("Choose one of the answers shown.")
        return zone


@needs("profile:read")
async def profile(context: Context, patient: Patient) -> ProfileView:
    async with context.database.transaction(patient) as session:
        return _view(*await _rows(session, patient))


@needs("profile:write")
async def save(context: Context, patient: Patient, command: SaveProfile) -> ProfileView:
    """Raises `InvalidInput`, or `ProfileChanged` when the profile has changed since the form was shown."""
    async with context.database.transaction(patient) as session:
        row = await session.get_one(PatientRow, patient.patient_id, with_for_update=True)
        person = await session.get_one(Person, patient.person_id)
        before = _view(person, row)
        if command.version != row.version:
            raise ProfileChanged
        brand = await session.get_one(Brand, patient.brand_id)
        _write(person, row, command, country_of(command.jurisdiction) or country_of(brand.jurisdiction))
        after = _view(person, row)
        if changed := _changed(before, after):
            row.version += 1
            session.add(_noted(context, patient, changed, row.version))
            await announce(session, ("patient", patient.patient_id))
        return _view(person, row)


async def _rows(session: AsyncSession, patient: Patient) -> tuple[Person, PatientRow]:
    person = await session.get_one(Person, patient.person_id)
    return person, await session.get_one(PatientRow, patient.patient_id)


def _write(person: Person, row: PatientRow, command: SaveProfile, country: str) -> None:
    for name in OF_PERSON:
        setattr(person, name, getattr(command, name))
    for name in OF_PATIENT:
        setattr(row, name, getattr(command, name))
    phone = as_e164(command.emergency_phone, country) if command.emergency_phone else ""
    if phone is None:
        raise InvalidInput({"emergency_phone": "Enter a phone number, with its country code when it is abroad."})
    row.emergency_contact = {"name": command.emergency_name, "phone": phone}


def _changed(before: ProfileView, after: ProfileView) -> list[str]:
    was, now = before.model_dump(), after.model_dump()
    return sorted(name for name in now if now[name] != was[name])


def _noted(context: Context, patient: Patient, fields: list[str], version: int) -> PersonChange:
    said: dict[str, Any] = {"fields": fields, "version": version}
    return PersonChange(person_id=patient.person_id, changed_by=patient.person_id, at=context.now(), fields=said)


def _view(person: Person, row: PatientRow) -> ProfileView:
    return ProfileView(
        given_name=person.given_name,
        family_name=person.family_name,
        email=person.email,
        birth_date=row.birth_date,
        gender=row.gender,
        jurisdiction=row.jurisdiction,
        time_zone=person.time_zone,
        emergency_name=row.emergency_contact.get("name", ""),
        emergency_phone=row.emergency_contact.get("phone", ""),
        version=row.version,
    )
