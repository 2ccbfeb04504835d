"""A pack's organizations: brands, places, programs, kinds of sessions, and the people who work there."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, EmailStr, Field, model_validator

from domain.appointments.state import LONGEST, Modality
from domain.brand_tokens import Font
from domain.journeys.language import Key
from domain.jurisdictions import of_address
from domain.packs.fields import (
    Amount,
    Currency,
    Host,
    Jurisdiction,
    Locale,
    Name,
    PackDocument,
    Radius,
    TimeZone,
    Words,
)
from domain.packs.people import MemberDocument, PatientDocument
from domain.scheduling.availability import SlotClass
from domain.scheduling.terms import CancellationTerms


class BrandDocument(PackDocument):
    key: Key
    name: Name
    host: Host
    hue: int = Field(ge=0, le=360)
    chroma: float = Field(ge=0, le=0.16)
    radius: Radius
    font: Font = "sans"
    locales: tuple[Locale, ...] = Field(min_length=1)
    currency: Currency
    jurisdiction: Jurisdiction
    time_zone: TimeZone
    tagline: Words
    support_email: EmailStr
    emergency: Words


class AddressDocument(PackDocument):
    line: str = ""
    postal_code: str = ""
    city: str = ""
    state: str = ""
    country: str = ""


class LocationDocument(PackDocument):
    key: Key
    name: Name
    kind: Literal["virtual", "physical"] = "virtual"
    time_zone: TimeZone
    address: AddressDocument = AddressDocument()

    @model_validator(mode="after")
    def can_be_found(self) -> Self:
        if self.kind == "physical" and not (self.address.line and self.address.city):
            raise ValueError("nobody would find it. Write its 'address' with 'line' and 'city'")
        if self.kind == "physical" and not of_address(self.address.model_dump()):
            raise ValueError(
                "nobody would know who may treat there. Write its address's 'country' as in DE, in the United States "
                "also its 'state' as in MA"
            )
        return self


class ProgramDocument(PackDocument):
    key: Key
    brands: tuple[Key, ...] = Field(min_length=1)
    name: Words
    summary: Words
    journey: Key


class TermsDocument(CancellationTerms):
    """Whose fees patients owe: a misspelt field would leave them at what nobody has written."""

    model_config = ConfigDict(extra="forbid")


class AppointmentTypeDocument(PackDocument):
    """Minutes; `reminders` in hours before; `prices` by brand in minor units of the brand's currency.

    `location`: where a session in person takes place, one of the organization's physical locations.
    """

    key: Key
    name: Words
    length: int = Field(ge=5, le=LONGEST // timedelta(minutes=1))
    before: int = Field(0, ge=0, le=120)
    after: int = Field(0, ge=0, le=120)
    notice: int = Field(120, ge=0)
    horizon_days: int = Field(60, ge=1, le=365)
    alignment: int = Field(15, ge=5, le=60)
    slot_class: SlotClass = SlotClass.ANY
    modality: Modality = "video"
    location: Key | None = None
    hold_minutes: int = Field(15, ge=5, le=60)
    reminders: tuple[Annotated[int, Field(ge=1, le=720)], ...] = (24, 1)
    terms: TermsDocument = TermsDocument()
    prices: dict[Key, Amount]

    @model_validator(mode="after")
    def patients_know_where_to_come(self) -> Self:
        if self.modality == "in-person" and self.location is None:
            raise ValueError("nobody would know where to come. Write 'location', the key of a physical location")
        if self.modality != "in-person" and self.location is not None:
            raise ValueError(f"nobody comes to a location by {self.modality}. Leave 'location' out")
        return self

    @model_validator(mode="after")
    def some_time_can_be_booked(self) -> Self:
        if self.notice >= self.horizon_days * 24 * 60:
            raise ValueError("'notice' (minutes) reaches beyond 'horizon_days': nothing could be booked. Shorten it")
        return self


class OrganizationDocument(PackDocument):
    key: Key
    name: Name
    legal_name: Name
    kind: Name = "clinic"
    time_zone: TimeZone
    brands: tuple[BrandDocument, ...] = Field(min_length=1)
    locations: tuple[LocationDocument, ...] = ()
    programs: tuple[ProgramDocument, ...]
    appointment_types: tuple[AppointmentTypeDocument, ...]
    members: tuple[MemberDocument, ...]
    patients: tuple[PatientDocument, ...] = ()
