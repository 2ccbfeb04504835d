"""Codes of an authenticator app (TOTP, RFC 6238): enrolling, removing, and using a code once."""

import hmac
from datetime import datetime
from uuid import UUID

import pyotp
from pydantic import Field
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import House
from domain.refusals import InvalidInput, NotInThisState
from models import AuthenticatorApp
from usecases.audit.noting import tells
from usecases.context import Context
from usecases.identity.doors import Identity
from usecases.identity.factors import after_first_factor, after_removed_factor, factors_of
from usecases.identity.mail import tell_of_change
from usecases.identity.rate_limit import limit_codes
from usecases.identity.sealing import seal, unseal
from usecases.identity.step_up import require_fresh
from usecases.views import Command, View

STEP_SECONDS = 30
DRIFT = (0, -1, 1)
"""Time steps a phone's clock may be off."""


class NewApp(View):
    """`sealed` comes back with the first code; `address` is what the QR code says."""

    secret: str
    sealed: str
    address: str


class Enrol(Command):
    sealed: str = Field(max_length=400)
    code: str = Field(max_length=20)


def offer(context: Context, identity: Identity, issuer: str, sealed: str = "") -> NewApp:
    """A new secret, or the one in `sealed` again. Nothing is stored before a code has come back."""
    require_fresh(context, identity)
    about = _about(identity.person_id)
    secret = unseal(context.secret_key, sealed, about) if sealed else pyotp.random_base32()
    address = pyotp.TOTP(secret).provisioning_uri(name=identity.email, issuer_name=issuer)
    return NewApp(secret=secret, sealed=sealed or seal(context.secret_key, secret, about), address=address)


@tells("factor:add")
async def enrol(context: Context, identity: Identity, command: Enrol) -> tuple[str, ...]:
    """Answers new recovery codes when this is the first factor. Raises `InvalidInput` for a wrong code."""
    require_fresh(context, identity)
    await limit_codes(context, identity.person_id)
    secret = unseal(context.secret_key, command.sealed, _about(identity.person_id))
    step = _step_of(secret, command.code, context.now())
    if step is None:
        raise InvalidInput({"code": "This is not the code your app shows now."})
    async with context.database.transaction(House()) as session:
        factors = await factors_of(session, identity.person_id)
        if factors.app:
            raise NotInThisState
        sealed = seal(context.secret_key, secret, _about(identity.person_id))
        session.add(AuthenticatorApp(person_id=identity.person_id, sealed_secret=sealed, last_step=step))
        codes = await after_first_factor(session, identity.person_id, factors)
    await tell_of_change(context, identity, "factor-added")
    return codes


@tells("factor:remove")
async def remove(context: Context, identity: Identity) -> None:
    """Other sign-ins end. Raises `StepUpNeeded`."""
    require_fresh(context, identity)
    async with context.database.transaction(House()) as session:
        mine = col(AuthenticatorApp.person_id) == identity.person_id
        gone = await session.scalar(delete(AuthenticatorApp).where(mine).returning(col(AuthenticatorApp.id)))
        await after_removed_factor(session, identity)
    if gone is not None:
        await tell_of_change(context, identity, "factor-removed")


async def spend(session: AsyncSession, context: Context, person_id: UUID, code: str) -> bool:
    """Whether `code` was good, which it is once: a later code makes all earlier ones void."""
    mine = col(AuthenticatorApp.person_id) == person_id
    app = (await session.scalars(select(AuthenticatorApp).where(mine).with_for_update())).one_or_none()
    if app is None:
        return False
    step = _step_of(unseal(context.secret_key, app.sealed_secret, _about(person_id)), code, context.now())
    if step is None or step <= app.last_step:
        return False
    app.last_step = step
    return True


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, if it is one of now's."""
    plain, current, totp = "".join(code.split()), int(now.timestamp()) // STEP_SECONDS, pyotp.TOTP(secret)
    steps = (current + drift for drift in DRIFT)
    return next((s for s in steps if hmac.compare_digest(totp.generate_otp(s).encode(), plain.encode())), None)


def _about(person_id: UUID) -> str:
    return f"authenticator-app/{person_id}"
