"""A pack's people: staff, specialists with their hours and engagements, demo patients."""

from datetime import date
from itertools import combinations
from typing import Any, Literal, Self

from pydantic import ConfigDict, EmailStr, Field, PastDate, field_validator, model_validator

from domain.journeys.language import Key
from domain.packs.fields import (
    Clock,
    Jurisdiction,
    Locale,
    Name,
    Npi,
    PackDocument,
    Password,
    Phone,
    StaffRole,
    TimeZone,
    Words,
)
from domain.scheduling.availability import SlotClass


class PersonDocument(PackDocument):
    """Without a `password` nobody knows it: the person asks for a link at their door and chooses one."""

    email: EmailStr
    password: Password = ""
    given_name: Name
    family_name: Name
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
        if len(set(self.days)) != len(self.days):
            raise ValueError("a day is there twice. Write each once")
        if self.starts >= self.ends:
            raise ValueError(f"{self.starts} to {self.ends} is no span of one day. Begin before the end")
        return self

    def overlaps(self, other: "HoursDocument") -> bool:
        """Hours overlap hours, breaks overlap breaks; a break lies over hours."""
        alike = self.kind == other.kind and not set(self.days).isdisjoint(other.days)
        return alike and self.starts < other.ends and other.starts < self.ends


class LicenceDocument(PackDocument):
    jurisdiction: Jurisdiction
    number: Name
    expires_on: date


class EngagementDocument(PackDocument):
    organization: Key
    effective_from: date
    appointment_types: tuple[Key, ...] = ()
    terms: dict[str, Any] = Field(default_factory=dict)


class SpecialistDocument(PersonDocument):
    display_name: Name
    title: Words
    profession: Key
    specialities: tuple[Key, ...]
    languages: tuple[Locale, ...]
    biography: Words
    npi: Npi = ""
    licences: tuple[LicenceDocument, ...] = ()
    engagements: tuple[EngagementDocument, ...]
    hours: tuple[HoursDocument, ...]

    @field_validator("hours")
    @classmethod
    def apart(cls, hours: tuple[HoursDocument, ...]) -> tuple[HoursDocument, ...]:
        for one, other in combinations(hours, 2):
            if one.overlaps(other):
                spans = f"{one.starts} to {one.ends} and {other.starts} to {other.ends}"
                raise ValueError(f"{spans} overlap on the same day. Write each span once")
        return hours


class PatientDocument(PersonDocument):
    """A demo sign-in: registered and verified, nothing else."""

    brand: Key
    jurisdiction: Jurisdiction
    birth_date: PastDate
