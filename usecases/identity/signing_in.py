"""Signing in with a password, and the second step when there is a second factor."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import EmailStr, Field
from sqlalchemy import ColumnElement, delete, select, update
from sqlmodel import col

from domain.actors import House
from domain.refusals import Refusal, SecondStepOver, WrongCode, WrongCredentials
from domain.sign_in_rules import SECOND_STEP_LASTS, SECOND_STEP_TRIES
from models import PendingSignIn, Person
from usecases.audit.noting import note_person
from usecases.context import Context
from usecases.identity.codes import spend_code
from usecases.identity.doors import Door, actor_at
from usecases.identity.factors import Factors, factors_of
from usecases.identity.passwords import GivenPassword
from usecases.identity.rate_limit import limit, limit_codes
from usecases.identity.sessions import SignedIn, open_session, person_at
from usecases.identity.tokens import new_token, token_hash
from usecases.views import Command, View

Kind = Literal["cookie", "bearer"]


class SignIn(Command):
    email: EmailStr
    password: GivenPassword = Field(min_length=1)


class SecondStep(Command):
    """`code` of the app, or a recovery code."""

    code: str = Field(min_length=1, max_length=40)


class SecondStepDue(View):
    """The password was right. `pending_token` is shown once and opens nothing but the second step."""

    pending_token: str
    expires_at: datetime


class NotVerified(Refusal):
    title = "Your e-mail address is not confirmed yet."
    next_action = "Open the link in the e-mail we sent you, or choose a new password: that confirms it as well."
    kind = "forbidden"


async def sign_in(
    context: Context, door: Door, command: SignIn, address: str, kind: Kind = "cookie", user_agent: str = ""
) -> SignedIn | SecondStepDue:
    """Raises `WrongCredentials` alike for an unknown address, a wrong password and a door that is not theirs."""
    await limit(context, "sign-in-from", address, 60, timedelta(minutes=10))
    await limit(context, "sign-in-as", f"{door.portal}/{door.brand_id}/{command.email}", 10, timedelta(minutes=10))
    async with context.database.transaction(House()) as session:
        person = await person_at(session, door, command.email)
    kept = person.password_hash if person else context.passwords.nobodys
    right = await context.passwords.matches(kept, command.password)
    if not right or person is None or person.status != "active":
        await note_person(context, person.id if person else None, "sign-in", "refused:WrongCredentials")
        raise WrongCredentials
    if person.email_verified_at is None:
        raise NotVerified
    return await _second_step_due(context, door, person, kind) or await open_session(
        context, door, person, kind, user_agent
    )


async def second_step(
    context: Context, door: Door, token: str, command: SecondStep, kind: Kind = "cookie", user_agent: str = ""
) -> SignedIn:
    """Completes a sign-in. Raises `WrongCode`, after a few tries or minutes `SecondStepOver`, `TooManyRequests`."""
    person = await _try(context, door, token, kind)
    await limit_codes(context, person.id)
    async with context.database.transaction(House()) as session:
        right = await spend_code(session, context, person.id, command.code)
        done = delete(PendingSignIn).where(col(PendingSignIn.token_hash) == token_hash(token))
        if right and (await session.scalar(done.returning(col(PendingSignIn.id)))) is None:
            raise SecondStepOver
    if not right:
        await note_person(context, person.id, "sign-in:second-step", "refused:WrongCode")
        raise WrongCode
    return await open_session(context, door, person, kind, user_agent)


async def ways_of_second_step(context: Context, door: Door, token: str) -> Factors:
    """What may be used now. Raises `SecondStepOver`."""
    async with context.database.transaction(House()) as session:
        query = select(col(PendingSignIn.person_id)).where(*_open(context, door, token, "cookie"))
        person_id = await session.scalar(query)
        if person_id is None:
            raise SecondStepOver
        return await factors_of(session, person_id)


async def _second_step_due(context: Context, door: Door, person: Person, kind: Kind) -> SecondStepDue | None:
    token, now = new_token(), context.now()
    async with context.database.transaction(House()) as session:
        await actor_at(session, door, person, None, now)
        if not (await factors_of(session, person.id)).any:
            return None
        await session.execute(delete(PendingSignIn).where(col(PendingSignIn.expires_at) < now))
        pending = PendingSignIn(
            token_hash=token_hash(token),
            person_id=person.id,
            portal=door.portal,
            kind=kind,
            expires_at=now + SECOND_STEP_LASTS,
        )
        session.add(pending)
    return SecondStepDue(pending_token=token, expires_at=pending.expires_at)


async def _try(context: Context, door: Door, token: str, kind: Kind) -> Person:
    """Counts the try before the code is looked at, in a transaction of its own, so that no try is free."""
    counted = update(PendingSignIn).where(*_open(context, door, token, kind)).values(tries=col(PendingSignIn.tries) + 1)
    async with context.database.transaction(House()) as session:
        person_id = await session.scalar(counted.returning(col(PendingSignIn.person_id)))
        person = await session.get(Person, person_id) if person_id else None
    if person is None or person.brand_id != door.brand_id or person.status != "active":
        raise SecondStepOver
    return person


def _open(context: Context, door: Door, token: str, kind: Kind) -> tuple[ColumnElement[bool], ...]:
    return (
        col(PendingSignIn.token_hash) == token_hash(token),
        col(PendingSignIn.portal) == door.portal,
        col(PendingSignIn.kind) == kind,
        col(PendingSignIn.tries) < SECOND_STEP_TRIES,
        col(PendingSignIn.expires_at) > context.now(),
    )
