"""How the patient is reached: language, phone, and the channels for each kind of message."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Patient
from domain.appointments.state import Status
from domain.jurisdictions import country_of
from domain.messages import CHANNELS, CHOOSABLE, Channel
from domain.refusals import InvalidInput
from models import Appointment, Brand, Person, PersonChange, Preference
from models import Patient as PatientRow
from models.announcements import announce
from usecases.context import Context
from usecases.patient.consents import may_be_texted
from usecases.patient.phones import as_e164
from usecases.permission import needs
from usecases.views import Command, View

Channels = list[Channel]


class PreferencesView(View):
    """`channels`: kind of message -> where it goes; none: it is not sent. Account messages always come by e-mail."""

    locale: str
    locales: tuple[str, ...]
    phone: str
    channels: dict[str, tuple[str, ...]]


class SavePreferences(Command):
    """A text message or WhatsApp needs a phone number. What is not sent is switched off."""

    locale: str = Field(max_length=12)
    phone: str = Field(default="", max_length=40)
    appointments: Channels = Field(default_factory=list)
    reminders: Channels = Field(default_factory=list)
    next_steps: Channels = Field(default_factory=list)

    @property
    def channels(self) -> set[str]:
        return {*self.appointments, *self.reminders, *self.next_steps}

    @property
    def by_category(self) -> dict[str, Channels]:
        return {"appointments": self.appointments, "reminders": self.reminders, "next-steps": self.next_steps}


@needs("profile:read")
async def preferences(context: Context, patient: Patient) -> PreferencesView:
    async with context.database.transaction(patient) as session:
        return await _view(session, patient)


@needs("profile:write")
async def save(context: Context, patient: Patient, command: SavePreferences) -> PreferencesView:
    """Reminders that are already planned follow at once. Raises `InvalidInput`."""
    async with context.database.transaction(patient) as session:
        person = await session.get_one(Person, patient.person_id, with_for_update=True)
        brand = await session.get_one(Brand, patient.brand_id)
        row = await session.get_one(PatientRow, patient.patient_id)
        phone = _phone(command, country_of(row.jurisdiction) or country_of(brand.jurisdiction))
        if command.locale not in brand.locales:
            raise InvalidInput({"locale": "Choose one of the languages shown."})
        changed = [name for name, new in (("locale", command.locale), ("phone", phone)) if getattr(person, name) != new]
        if "sms" in command.channels and not await may_be_texted(session, patient):
            raise InvalidInput({"phone": "Give your consent to text messages first, on your consent page."})
        person.locale, person.phone = command.locale, phone
        for category, channels in command.by_category.items():
            await _keep(session, context, patient, category, channels)
        if changed:
            said: dict[str, Any] = {"fields": changed}
            note = PersonChange(
                person_id=patient.person_id, changed_by=patient.person_id, at=context.now(), fields=said
            )
            session.add(note)
        if "phone" in changed:
            await announce(session, *[("appointment", each) for each in await _calls_ahead(session, patient)])
        return await _view(session, patient)


async def _calls_ahead(session: AsyncSession, patient: Patient) -> Sequence[UUID]:
    """Whoever is about to call has the number before them."""
    booked = select(col(Appointment.id)).where(
        col(Appointment.patient_id) == patient.patient_id,
        col(Appointment.modality) == "phone",
        col(Appointment.status) == Status.CONFIRMED,
    )
    return (await session.scalars(booked)).all()


def _phone(command: SavePreferences, country: str) -> str:
    if not command.phone:
        if command.channels - {"email"}:
            raise InvalidInput({"phone": "Text messages and WhatsApp need a phone number."})
        return ""
    phone = as_e164(command.phone, country)
    if phone is None:
        raise InvalidInput({"phone": "Enter a phone number, with its country code when it is abroad."})
    return phone


async def _keep(session: AsyncSession, context: Context, patient: Patient, category: str, channels: Channels) -> None:
    wanted: list[str] = [channel for channel in CHANNELS if channel in channels]
    row = Preference(person_id=patient.person_id, category=category, channels=wanted, changed_at=context.now())
    new = insert(Preference).values(row.model_dump())
    changes = {"channels": wanted, "changed_at": context.now()}
    await session.execute(new.on_conflict_do_update(index_elements=["person_id", "category"], set_=changes))


async def _view(session: AsyncSession, patient: Patient) -> PreferencesView:
    person = await session.get_one(Person, patient.person_id)
    brand = await session.get_one(Brand, patient.brand_id)
    rows = await session.scalars(select(Preference).where(col(Preference.person_id) == patient.person_id))
    chosen = {row.category: tuple(row.channels) for row in rows}
    return PreferencesView(
        locale=person.locale,
        locales=tuple(brand.locales),
        phone=person.phone,
        channels={category: chosen.get(category, ("email",)) for category in CHOOSABLE},
    )
