"""Signing in and out, and who a token belongs to."""

from datetime import timedelta
from typing import Literal

from pydantic import EmailStr, Field
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import House
from domain.refusals import NotSignedIn, Refusal, WrongCredentials
from models import Person, SignInSession
from usecases.context import Context
from usecases.identity.doors import Door, Identity, actor_at
from usecases.identity.passwords import NOBODY, matches
from usecases.identity.rate_limit import limit
from usecases.identity.tokens import new_token, token_hash
from usecases.views import Command, View

LIFETIME = {"patient": timedelta(days=14)}
STAFF_LIFETIME = timedelta(hours=12)


class SignIn(Command):
    email: EmailStr
    password: str = Field(min_length=1, max_length=200)


class SignedIn(View):
    """`token` is shown once: a cookie's value, or a bearer token."""

    token: str
    lasts: timedelta


class NotVerified(Refusal):
    title = "Your e-mail address is not confirmed yet."
    next_action = "Open the link in the e-mail we sent you, or ask for a new one."
    kind = "forbidden"


async def sign_in(
    context: Context, door: Door, command: SignIn, address: str, kind: Literal["cookie", "bearer"] = "cookie"
) -> SignedIn:
    """Raises `WrongCredentials` alike for an unknown address, a wrong password and a door that is not theirs."""
    await limit(context, "sign-in-from", address, 60, timedelta(minutes=10))
    await limit(context, "sign-in-as", f"{door.portal}/{door.brand_id}/{command.email}", 10, timedelta(minutes=10))
    async with context.database.transaction(House()) as session:
        person = await person_at(session, door, command.email)
    if not await matches(person.password_hash if person else NOBODY, command.password) or person is None:
        raise WrongCredentials
    if person.status != "active":
        raise WrongCredentials
    if person.email_verified_at is None:
        raise NotVerified
    return await open_session(context, door, person, kind)


async def open_session(context: Context, door: Door, person: Person, kind: str) -> SignedIn:
    token, lasts = new_token(), LIFETIME.get(door.portal, STAFF_LIFETIME)
    async with context.database.transaction(House()) as session:
        await actor_at(session, door, person, None, context.now())
        session.add(
            SignInSession(
                token_hash=token_hash(token),
                person_id=person.id,
                portal=door.portal,
                kind=kind,
                expires_at=context.now() + lasts,
            )
        )
    return SignedIn(token=token, lasts=lasts)


async def identify(context: Context, door: Door, token: str, kind: str = "cookie") -> Identity:
    """Who holds `token` at `door`. Raises `NotSignedIn`."""
    async with context.database.transaction(House()) as session:
        query = (
            select(SignInSession, Person)
            .join(Person, col(Person.id) == col(SignInSession.person_id))
            .where(col(SignInSession.token_hash) == token_hash(token), col(SignInSession.kind) == kind)
            .where(col(SignInSession.portal) == door.portal, col(SignInSession.expires_at) > context.now())
        )
        found = (await session.execute(query)).first()
        if found is None:
            raise NotSignedIn
        sign_in_session, person = found
        if person.brand_id != door.brand_id or person.status != "active":
            raise NotSignedIn
        try:
            actor, seats = await actor_at(session, door, person, sign_in_session.seat_id, context.now())
        except WrongCredentials as none_left:
            raise NotSignedIn from none_left
    return Identity(
        session_id=sign_in_session.id,
        actor=actor,
        person_id=person.id,
        name=f"{person.given_name} {person.family_name}".strip(),
        email=person.email,
        locale=person.locale,
        time_zone=person.time_zone,
        seats=tuple(seats),
        seat_id=next((seat.id for seat in seats if seat.id == sign_in_session.seat_id), seats[0].id),
    )


async def sign_out(context: Context, token: str) -> None:
    async with context.database.transaction(House()) as session:
        await session.execute(delete(SignInSession).where(col(SignInSession.token_hash) == token_hash(token)))


async def person_at(session: AsyncSession, door: Door, email: str) -> Person | None:
    brand = col(Person.brand_id).is_(None) if door.brand_id is None else col(Person.brand_id) == door.brand_id
    query = select(Person).where(brand, func.lower(col(Person.email)) == email.lower())
    return (await session.scalars(query)).one_or_none()
