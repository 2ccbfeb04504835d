"""Registration at a brand's door, confirming the address, a new password. No answer tells whether one is known."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import available_timezones

from pydantic import EmailStr, Field, field_validator
from sqlalchemy.exc import IntegrityError

from domain.actors import House
from domain.refusals import InvalidInput
from models import Brand, Patient, Person
from usecases.audit.noting import note_person, tells
from usecases.context import Context
from usecases.identity.doors import Door, Identity
from usecases.identity.endings import end_sign_ins
from usecases.identity.links import look_up, use, void
from usecases.identity.mail import send_account_message, tell_of_change
from usecases.identity.passwords import ChosenPassword, check_password, hash_password, words_about
from usecases.identity.rate_limit import limit
from usecases.identity.sessions import SignedIn, open_session, person_at
from usecases.identity.step_up import require_fresh
from usecases.views import Command

NO_ZONE = "There is no time zone of this name."


class Register(Command):
    """`jurisdiction` is where the patient is: "US-MA", "DE"."""

    given_name: str = Field(min_length=1, max_length=80)
    family_name: str = Field(min_length=1, max_length=80)
    email: EmailStr
    password: ChosenPassword
    locale: str = Field(max_length=12)
    time_zone: str = Field(default="UTC", max_length=64)

    @field_validator("time_zone")
    @classmethod
    def known_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(NO_ZONE)
        return zone


class AskForLink(Command):
    email: EmailStr


class ChangePassword(Command):
    password: ChosenPassword


class NewPassword(Command):
    token: str = Field(min_length=20, max_length=100)
    password: ChosenPassword


async def register(context: Context, brand: Brand, command: Register, address: str) -> None:
    """Always answers alike and takes as long; a known address gets a link instead of a second account."""
    await limit(context, "register-from", address, 20, timedelta(hours=1))
    await _limit_mail(context, Door("patient", brand.id), command.email)
    if command.locale not in brand.locales:
        raise InvalidInput({"locale": "Choose one of the languages shown."})
    await check_password(command.password, (command.given_name, command.family_name, command.email, brand.name))
    await _create(context, brand, command, await hash_password(command.password))
    await _send_link(context, Door("patient", brand.id), command.email)


async def verify(context: Context, door: Door, token: str, user_agent: str = "") -> SignedIn:
    """The link in the e-mail: confirms the address and signs in. Raises `LinkExpired`; works once."""
    async with context.database.transaction(House()) as session:
        _, person = await use(session, context, door, token, "verify")
    return await open_session(context, door, person, "cookie", user_agent)


async def ask_for_link(context: Context, door: Door, command: AskForLink, address: str) -> None:
    """A new link: to confirm the address, or, when it is confirmed, to choose a new password."""
    await limit(context, "link-from", address, 20, timedelta(hours=1))
    await _limit_mail(context, door, command.email)
    await _send_link(context, door, command.email)


async def reset_password(context: Context, door: Door, command: NewPassword, address: str) -> None:
    """Ends every open sign-in of the person. Raises `LinkExpired`; a refused password leaves the link good."""
    await limit(context, "reset-from", address, 30, timedelta(hours=1))
    async with context.database.transaction(House()) as session:
        _, person = await look_up(session, context, door, command.token, "reset")
        about = await words_about(session, person)
    await check_password(command.password, about)
    password_hash = await hash_password(command.password)
    async with context.database.transaction(House()) as session:
        _, person = await use(session, context, door, command.token, "reset")
        person.password_hash = password_hash
        await void(session, context, person.id, "reset")
        await end_sign_ins(session, person.id)
    await note_person(context, person.id, "password:reset")
    await send_account_message(context, person.id, "password-changed", door.portal)


@tells("password:change")
async def change_password(context: Context, identity: Identity, command: ChangePassword) -> None:
    """Ends every other sign-in. Raises `StepUpNeeded`: who asks has shown lately who they are."""
    require_fresh(context, identity)
    async with context.database.transaction(House()) as session:
        about = await words_about(session, await session.get_one(Person, identity.person_id))
    await check_password(command.password, about)
    password_hash = await hash_password(command.password)
    async with context.database.transaction(House()) as session:
        person = await session.get_one(Person, identity.person_id)
        person.password_hash = password_hash
        await void(session, context, person.id, "reset")
        await end_sign_ins(session, person.id, but=identity.session_id)
    await tell_of_change(context, identity, "password-changed")


async def _create(context: Context, brand: Brand, command: Register, password_hash: str) -> None:
    """Person and patient, unless the address is known at this brand."""
    known = command.model_dump(exclude={"password"})
    person = Person(brand_id=brand.id, password_hash=password_hash, **known, status="active")
    patient = Patient(
        organization_id=brand.organization_id, brand_id=brand.id, person_id=person.id, jurisdiction=brand.jurisdiction
    )
    try:
        async with context.database.transaction(House()) as session:
            session.add(person)
            await session.flush()
            session.add(patient)
    except IntegrityError:
        return


async def _send_link(context: Context, door: Door, email: str) -> None:
    """A process is started for an unknown address too, and sends nothing: both take as long."""
    async with context.database.transaction(House()) as session:
        person = await person_at(session, door, email)
    verified = person is not None and person.email_verified_at is not None
    await send_account_message(
        context, person.id if person else uuid4(), "reset" if verified else "verify", portal=door.portal
    )


async def _limit_mail(context: Context, door: Door, email: str) -> None:
    await limit(context, "link-for", f"{door.brand_id}/{email}", 5, timedelta(hours=1))
