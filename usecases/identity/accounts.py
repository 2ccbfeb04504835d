"""Registration at a brand's door, confirming the address, a new password. No answer tells whether one is known."""

from datetime import timedelta
from typing import Literal
from zoneinfo import available_timezones

from pydantic import EmailStr, Field, field_validator
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from domain.actors import House
from domain.refusals import InvalidInput, LinkExpired
from models import Brand, OneTimeToken, Patient, Person, SignInSession
from usecases.context import Context
from usecases.identity.doors import Door
from usecases.identity.mail import send_account_message
from usecases.identity.passwords import hash_password
from usecases.identity.rate_limit import limit
from usecases.identity.sessions import SignedIn, open_session, person_at
from usecases.identity.tokens import token_hash
from usecases.views import Command

SHORTEST_PASSWORD = 10


class Register(Command):
    """`jurisdiction` is where the patient is: "US-MA", "DE"."""

    given_name: str = Field(min_length=1, max_length=80)
    family_name: str = Field(min_length=1, max_length=80)
    email: EmailStr
    password: str = Field(min_length=SHORTEST_PASSWORD, max_length=200)
    locale: str = Field(max_length=12)
    time_zone: str = Field(default="UTC", max_length=64)

    @field_validator("time_zone")
    @classmethod
    def known_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError("unknown time zone")
        return zone


class AskForLink(Command):
    email: EmailStr


class NewPassword(Command):
    token: str = Field(min_length=20, max_length=100)
    password: str = Field(min_length=SHORTEST_PASSWORD, max_length=200)


async def register(context: Context, brand: Brand, command: Register, address: str) -> None:
    """Always answers alike; a known address gets a link to a new password instead of a second account."""
    await limit(context, "register-from", address, 20, timedelta(hours=1))
    if command.locale not in brand.locales:
        raise InvalidInput({"locale": "Choose one of the languages shown."})
    password_hash = await hash_password(command.password)
    person = Person(
        brand_id=brand.id, password_hash=password_hash, **command.model_dump(exclude={"password"}), status="active"
    )
    try:
        async with context.database.transaction(House()) as session:
            session.add(person)
            await session.flush()
            session.add(
                Patient(
                    organization_id=brand.organization_id,
                    brand_id=brand.id,
                    person_id=person.id,
                    jurisdiction=brand.jurisdiction,
                )
            )
    except IntegrityError:
        await ask_for_link(context, Door("patient", brand.id), AskForLink(email=command.email), address)
        return
    await send_account_message(context, person.id, "verify")


async def verify(context: Context, door: Door, token: str) -> SignedIn:
    """The link in the e-mail: confirms the address and signs in. Raises `LinkExpired`; works once."""
    person = await _use(context, door, token, "verify")
    return await open_session(context, door, person, "cookie")


async def ask_for_link(context: Context, door: Door, command: AskForLink, address: str) -> None:
    """A new link: to confirm the address, or, when it is confirmed, to choose a new password."""
    await limit(context, "link-from", address, 20, timedelta(hours=1))
    await limit(context, "link-for", f"{door.brand_id}/{command.email}", 5, timedelta(hours=1))
    async with context.database.transaction(House()) as session:
        person = await person_at(session, door, command.email)
    if person is not None:
        await send_account_message(context, person.id, "reset" if person.email_verified_at else "verify")


async def reset_password(context: Context, door: Door, command: NewPassword) -> None:
    """Ends every open sign-in of the person. Raises `LinkExpired`."""
    password_hash = await hash_password(command.password)
    person = await _use(context, door, command.token, "reset")
    async with context.database.transaction(House()) as session:
        row = await session.get_one(Person, person.id)
        row.password_hash = password_hash
        await session.execute(delete(SignInSession).where(col(SignInSession.person_id) == person.id))


async def _use(context: Context, door: Door, token: str, purpose: Literal["verify", "reset"]) -> Person:
    async with context.database.transaction(House()) as session:
        query = (
            select(OneTimeToken, Person)
            .join(Person, col(Person.id) == col(OneTimeToken.person_id))
            .where(col(OneTimeToken.token_hash) == token_hash(token), col(OneTimeToken.purpose) == purpose)
            .with_for_update()
        )
        found = (await session.execute(query)).first()
        if found is None:
            raise LinkExpired
        link, person = found
        if link.used_at or link.expires_at <= context.now() or person.brand_id != door.brand_id:
            raise LinkExpired
        link.used_at = context.now()
        person.email_verified_at = person.email_verified_at or context.now()
        return person
