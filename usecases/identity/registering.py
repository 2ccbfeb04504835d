"""Registering at a brand's door, and confirming the address. No answer tells whether an address is known.

An address can be registered by somebody whose it is not. So whoever confirms it shows that they chose the password: by
the browser that registered, or by the password itself. Otherwise its owner would open an account to which a stranger
has the key.
"""

from datetime import timedelta
from hashlib import sha256
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import EmailStr, Field, field_validator
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from domain.actors import House
from domain.refusals import FormExpired, InvalidInput, LinkExpired, Refusal
from models import OneTimeToken, Patient, Person
from usecases.brands import BrandView
from usecases.context import Context
from usecases.identity.accounts import limit_mail, send_link
from usecases.identity.doors import Door
from usecases.identity.links import look_up, use, void
from usecases.identity.passwords import ChosenPassword, GivenPassword, check_password
from usecases.identity.rate_limit import limit
from usecases.identity.sealing import seal, unseal
from usecases.identity.sessions import SignedIn, open_session
from usecases.identity.tokens import token_hash
from usecases.views import Command, Line

PROOF_LASTS = timedelta(hours=24)
ABOUT = "registered"
NO_ZONE = "There is no time zone of this name."


class Register(Command):
    given_name: Line = Field(min_length=1, max_length=80)
    family_name: Line = Field(min_length=1, max_length=80)
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


class ConfirmAddress(Command):
    """`password`: the one chosen when registering; "" where the browser can show that it registered."""

    token: str = Field("", max_length=100)
    password: GivenPassword = ""


class RegisteredElsewhere(Refusal):
    title = "Please enter the password that you chose when you registered."
    next_action = "If you do not know it, choose a new one: we send you a link that confirms your address as well."
    kind = "unauthenticated"


async def register(context: Context, brand: BrandView, command: Register, address: str) -> str:
    """A proof for the browser that registers, good for `PROOF_LASTS`.

    Always answers alike and takes as long; a known address gets a link instead of a second account.
    """
    door = Door("patient", brand.id)
    await limit(context, "register-from", address, 20, timedelta(hours=1))
    await limit_mail(context, door, command.email)
    if command.locale not in brand.locales:
        raise InvalidInput({"locale": "Choose one of the languages shown."})
    await check_password(command.password, (command.given_name, command.family_name, command.email, brand.name))
    password_hash = await context.passwords.hash(command.password)
    await _keep(context, brand, command, password_hash)
    await send_link(context, door, command.email, "verify")
    return seal(context.secret_key, _digest(password_hash), ABOUT)


async def confirm(
    context: Context, door: Door, command: ConfirmAddress, proof: str = "", user_agent: str = ""
) -> SignedIn:
    """The link in the e-mail: confirms the address and signs in. Raises `LinkExpired`, `RegisteredElsewhere`."""
    async with context.database.transaction(House()) as session:
        _, person = await look_up(session, context, door, command.token, "verify")
    known = person.password_hash
    if not _proves(context, proof, known) and not await context.passwords.matches(known, command.password):
        raise RegisteredElsewhere
    async with context.database.transaction(House()) as session:
        _, person = await use(session, context, door, command.token, "verify")
        if person.password_hash != known:
            raise LinkExpired
    return await open_session(context, door, person, "cookie", user_agent)


async def has_confirmed(context: Context, person_id: UUID, token: str) -> bool:
    """Whether this link was the person's, and is used."""
    theirs = select(col(OneTimeToken.id)).where(
        col(OneTimeToken.token_hash) == token_hash(token),
        col(OneTimeToken.purpose) == "verify",
        col(OneTimeToken.person_id) == person_id,
        col(OneTimeToken.used_at).is_not(None),
    )
    async with context.database.transaction(House()) as session:
        return await session.scalar(theirs) is not None


async def _keep(context: Context, brand: BrandView, command: Register, password_hash: str) -> None:
    """Person and patient; of an address that nobody has confirmed, what was said last."""
    if await _again(context, brand, command, password_hash):
        return
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


async def _again(context: Context, brand: BrandView, command: Register, password_hash: str) -> bool:
    """Whether an unconfirmed registration of the address was replaced; links to the one before open nothing.

    Whom the organization brought along is not renamed by whoever types their address.
    """
    registered = select(Patient).where(col(Patient.person_id) == col(Person.id), col(Patient.source) == "registration")
    unconfirmed = update(Person).where(
        col(Person.brand_id) == brand.id,
        func.lower(col(Person.email)) == command.email.lower(),
        col(Person.email_verified_at).is_(None),
        registered.exists(),
    )
    said = command.model_dump(exclude={"password", "email"})
    async with context.database.transaction(House()) as session:
        replaced = unconfirmed.values(password_hash=password_hash, **said).returning(col(Person.id))
        person_id = await session.scalar(replaced)
        if person_id is not None:
            await void(session, context, person_id, "verify")
    return person_id is not None


def _proves(context: Context, proof: str, password_hash: str) -> bool:
    try:
        return unseal(context.secret_key, proof, ABOUT) == _digest(password_hash)
    except FormExpired:
        return False


def _digest(password_hash: str) -> str:
    """Of a salted hash: two people who choose the same password have different ones."""
    return sha256(password_hash.encode()).hexdigest()
