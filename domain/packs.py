"""Configuration packs: what a YAML folder may say about organizations, brands, people and care."""

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, EmailStr, Field, model_validator

from domain.journeys.language import Key, Text
from domain.scheduling.availability import SlotClass
from domain.scheduling.terms import CancellationTerms


class PackDocument(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BrandDocument(PackDocument):
    key: Key
    name: str
    host: str
    hue: int = Field(ge=0, le=360)
    chroma: float = Field(ge=0, le=0.16)
    radius: str = Field(pattern=r"^\d*\.?\d+rem$")
    font: str = ""
    locales: tuple[str, ...] = Field(min_length=1)
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    jurisdiction: str
    time_zone: str
    tagline: Text
    support_email: EmailStr
    emergency: Text


class LocationDocument(PackDocument):
    key: Key
    name: str
    kind: Literal["virtual", "physical"] = "virtual"
    time_zone: str
    address: dict[str, str] = Field(default_factory=dict)


class ProgramDocument(PackDocument):
    key: Key
    brands: tuple[Key, ...]
    name: Text
    summary: Text
    journey: Key


class AppointmentTypeDocument(PackDocument):
    """Minutes; `prices` by brand in minor units of the brand's currency."""

    key: Key
    name: Text
    length: int = Field(ge=5, le=480)
    before: int = Field(0, ge=0, le=120)
    after: int = Field(0, ge=0, le=120)
    notice: int = Field(120, ge=0)
    horizon_days: int = Field(60, ge=1, le=365)
    alignment: int = Field(15, ge=5, le=60)
    slot_class: SlotClass = SlotClass.ANY
    modality: Literal["video", "phone", "in-person"] = "video"
    hold_minutes: int = Field(15, ge=5, le=60)
    reminders: tuple[int, ...] = (24, 1)
    terms: CancellationTerms = CancellationTerms()
    prices: dict[Key, int]


class MaterialDocument(PackDocument):
    key: Key
    title: Text
    body: Text


class ConsentDocument(PackDocument):
    kind: Key
    version: int = 1
    required: bool = True
    title: Text
    body: Text


class TemplateDocument(PackDocument):
    """`body` by locale; `brand` None: every brand of the organization."""

    key: Key
    channel: Literal["email", "sms", "whatsapp"]
    brand: Key | None = None
    version: int = 1
    subject: Text = Field(default_factory=dict)
    body: Text


class PersonDocument(PackDocument):
    email: EmailStr
    password: str
    given_name: str
    family_name: str
    locale: str = "en"
    time_zone: str
    phone: str = ""


class MemberDocument(PersonDocument):
    roles: tuple[str, ...]


class HoursDocument(PackDocument):
    """`days` mon..sun; `from` and `to` as HH:MM of the specialist's own clock."""

    model_config = ConfigDict(populate_by_name=True)

    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...]
    starts: str = Field(alias="from", pattern=r"^\d\d:\d\d$")
    ends: str = Field(alias="to", pattern=r"^\d\d:\d\d$")
    kind: Literal["hours", "break"] = "hours"
    slot_class: SlotClass = SlotClass.ANY


class LicenceDocument(PackDocument):
    jurisdiction: str
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
    languages: tuple[str, ...]
    biography: Text
    npi: str = ""
    licences: tuple[LicenceDocument, ...] = ()
    engagements: tuple[EngagementDocument, ...]
    hours: tuple[HoursDocument, ...]


class PatientDocument(PersonDocument):
    """A demo sign-in: registered and verified, nothing else."""

    brand: Key
    jurisdiction: str
    birth_date: date


class OrganizationDocument(PackDocument):
    key: Key
    name: str
    legal_name: str
    kind: str = "clinic"
    time_zone: str
    brands: tuple[BrandDocument, ...]
    locations: tuple[LocationDocument, ...] = ()
    programs: tuple[ProgramDocument, ...]
    appointment_types: tuple[AppointmentTypeDocument, ...]
    members: tuple[MemberDocument, ...]
    patients: tuple[PatientDocument, ...] = ()


class CareDocument(PackDocument):
    """What all organizations of the pack share: each gets a copy of its own."""

    materials: tuple[MaterialDocument, ...] = ()
    consents: tuple[ConsentDocument, ...] = ()
    templates: tuple[TemplateDocument, ...] = ()


class Pack(PackDocument):
    organizations: tuple[OrganizationDocument, ...]
    care: CareDocument
    specialists: tuple[SpecialistDocument, ...]
    journeys: tuple[dict[str, Any], ...]
    forms: dict[str, dict[str, dict[str, Any]]]
    """Key -> locale -> FHIR Questionnaire."""

    @model_validator(mode="after")
    def names_exist(self) -> "Pack":
        organizations = {organization.key for organization in self.organizations}
        for specialist in self.specialists:
            for engagement in specialist.engagements:
                if engagement.organization not in organizations:
                    raise ValueError(f"{specialist.email}: there is no organization '{engagement.organization}'")
        journeys = {journey.get("key") for journey in self.journeys}
        for organization in self.organizations:
            brands = {brand.key for brand in organization.brands}
            for program in organization.programs:
                if program.journey not in journeys:
                    raise ValueError(f"program '{program.key}': there is no journey '{program.journey}'")
                if unknown := set(program.brands) - brands:
                    raise ValueError(f"program '{program.key}': there is no brand {sorted(unknown)}")
            for kind in organization.appointment_types:
                if unknown := set(kind.prices) ^ brands:
                    raise ValueError(f"appointment type '{kind.key}': prices and brands differ in {sorted(unknown)}")
        return self
