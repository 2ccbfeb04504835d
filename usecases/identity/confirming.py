"""Showing once more that it is you: with whatever factor one has, with the password when there is none."""

from pydantic import Field
from sqlalchemy import update
from sqlmodel import col

from domain.actors import House
from domain.refusals import NotSignedIn, WrongCode, WrongPassword
from models import Person, SignInSession
from usecases.audit.noting import tells
from usecases.context import Context
from usecases.identity import passkeys
from usecases.identity.codes import spend_code
from usecases.identity.doors import Identity
from usecases.identity.factors import Factors, factors_of
from usecases.identity.passkeys import Assertion, Browser
from usecases.identity.passwords import GivenPassword
from usecases.identity.rate_limit import limit_codes
from usecases.identity.sessions import SignedIn
from usecases.identity.tokens import new_token, token_hash
from usecases.views import Command


class Confirm(Command):
    """`code` of the app, or a recovery code; `password` only for whoever has no second factor."""

    code: str = Field(default="", max_length=40)
    password: GivenPassword = ""


async def ways_to_confirm(context: Context, identity: Identity) -> Factors:
    async with context.database.transaction(House()) as session:
        return await factors_of(session, identity.person_id)


@tells("step-up")
async def confirm(context: Context, identity: Identity, command: Confirm) -> SignedIn:
    """The session goes on under a new token. Raises `WrongCode`, `WrongPassword`, `TooManyRequests`."""
    await limit_codes(context, identity.person_id)
    async with context.database.transaction(House()) as session:
        factors = await factors_of(session, identity.person_id)
        person = await session.get_one(Person, identity.person_id)
        if factors.any and not await spend_code(session, context, person.id, command.code):
            raise WrongCode
    if not factors.any and not await context.passwords.matches(person.password_hash, command.password):
        raise WrongPassword
    return await _confirmed(context, identity)


@tells("step-up")
async def confirm_by_passkey(context: Context, identity: Identity, browser: Browser, command: Assertion) -> SignedIn:
    """Raises `PasskeyRefused`, also for a passkey of somebody else."""
    await limit_codes(context, identity.person_id)
    await passkeys.answered(context, browser, command, "step-up", identity.person_id)
    return await _confirmed(context, identity)


async def _confirmed(context: Context, identity: Identity) -> SignedIn:
    token, now = new_token(), context.now()
    async with context.database.transaction(House()) as session:
        mine = update(SignInSession).where(col(SignInSession.id) == identity.session_id)
        rotated = mine.values(token_hash=token_hash(token), confirmed_at=now).returning(col(SignInSession.expires_at))
        ends = await session.scalar(rotated)
    if ends is None:
        raise NotSignedIn
    return SignedIn(token=token, lasts=ends - now)
