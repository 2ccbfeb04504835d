"""A pack's people: staff, specialists with their hours and engagements, demo patients."""

from datetime import date
from typing import Any, Literal, Self

from pydantic import ConfigDict, EmailStr, Field, model_validator

from domain.journeys.language import Key, Text
from domain.packs.fields import Clock, Jurisdiction, Locale, PackDocument, Phone, StaffRole, TimeZone
from domain.scheduling.availability import SlotClass


class PersonDocument(PackDocument):
    email: EmailStr
    password: str
    given_name: str
    family_name: str
    locale: Locale = "en"
    time_zone: TimeZone
    phone: Phone = ""


class MemberDocument(PersonDocument):
    roles: tuple[StaffRole, ...] = Field(min_length=1)


class HoursDocument(PackDocument):
    """`days` mon..sun; `from` and `to` as HH:MM of the specialist's own clock."""

    model_config = ConfigDict(populate_by_name=True)

    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = Field(min_length=1)
    starts: Clock = Field(alias="from")
    ends: Clock = Field(alias="to")
    kind: Literal["hours", "break"] = "hours"
    slot_class: SlotClass = SlotClass.ANY

    @model_validator(mode="after")
    def forwards(self) -> Self:
        if self.starts >= self.ends:
            raise ValueError(f"{self.starts} to {self.ends} is no span of one day. Begin before the end")
        return self


class LicenceDocument(PackDocument):
    jurisdiction: Jurisdiction
    number: str
    expires_on: date


class EngagementDocument(PackDocument):
    organization: Key
    effective_from: date
    appointment_types: tuple[Key, ...] = ()
    terms: dict[str, Any] = Field(default_factory=dict)


class SpecialistDocument(PersonDocument):
    display_name: str
    title: Text
    profession: Key
    specialities: tuple[Key, ...]
    languages: tuple[Locale, ...]
    biography: Text
    npi: str = ""
    licences: tuple[LicenceDocument, ...] = ()
    engagements: tuple[EngagementDocument, ...]
    hours: tuple[HoursDocument, ...]


class PatientDocument(PersonDocument):
    """A demo sign-in: registered and verified, nothing else."""

    brand: Key
    jurisdiction: Jurisdiction
    birth_date: date
