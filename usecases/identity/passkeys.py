"""Passkeys (WebAuthn): registering, renaming and removing them, and the answers to a challenge.

The relying party is the host of a door. The person is always verified by the device, so a passkey alone signs in.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import Field
from sqlalchemy import delete, select, update
from sqlmodel import col
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from domain.actors import House
from domain.refusals import PasskeyRefused, WrongCredentials
from models import Passkey, Person
from usecases.audit.noting import tells
from usecases.context import Context
from usecases.identity.challenges import Purpose, issue, spend
from usecases.identity.doors import Door, Identity
from usecases.identity.factors import after_first_factor, after_removed_factor, factors_of
from usecases.identity.mail import tell_of_change
from usecases.identity.rate_limit import limit_passkeys
from usecases.identity.sessions import SignedIn, open_session
from usecases.identity.step_up import require_fresh
from usecases.views import Command, Line

VERIFIED = UserVerificationRequirement.REQUIRED
MALFORMED = (WebAuthnException, ValueError, KeyError, TypeError, RecursionError)


@dataclass(frozen=True)
class Browser:
    """Which door's host a browser is at, and the id of its session or visit, to which challenges are bound."""

    host: str
    visit: str


class Assertion(Command):
    """What the device answered, as the browser's `credential.toJSON()`."""

    credential: str = Field(max_length=8000)


class NewPasskey(Assertion):
    name: Line = Field(min_length=1, max_length=60)


class RenamePasskey(Command):
    name: Line = Field(min_length=1, max_length=60)


async def creation_options(context: Context, identity: Identity, browser: Browser, site: str) -> str:
    """What `navigator.credentials.create` is asked, as JSON. Raises `StepUpNeeded`."""
    require_fresh(context, identity)
    async with context.database.transaction(House()) as session:
        mine = (col(Passkey.person_id) == identity.person_id, col(Passkey.host) == browser.host)
        known = (await session.scalars(select(col(Passkey.credential_id)).where(*mine))).all()
    options = generate_registration_options(
        rp_id=browser.host,
        rp_name=site,
        user_id=identity.person_id.bytes,
        user_name=identity.email,
        user_display_name=identity.name,
        challenge=issue(context.secret_key, "register", browser.visit, context.now()),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
        ),
        exclude_credentials=_descriptors(known),
    )
    return options_to_json(options)


@tells("factor:add")
async def register(context: Context, identity: Identity, browser: Browser, command: NewPasskey) -> tuple[str, ...]:
    """Answers new recovery codes when this is the first factor. Raises `PasskeyRefused`, `StepUpNeeded`."""
    require_fresh(context, identity)
    await limit_passkeys(context, str(identity.person_id))
    async with context.database.transaction(House()) as session:
        challenge = challenge_of(command.credential)
        await spend(session, context.secret_key, challenge, "register", browser.visit, context.now())
        made = _made(context, browser, command.credential, challenge)
        factors = await factors_of(session, identity.person_id)
        session.add(
            Passkey(
                person_id=identity.person_id,
                credential_id=bytes_to_base64url(made.credential_id),
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
                name=command.name,
                host=browser.host,
            )
        )
        codes = await after_first_factor(session, identity.person_id, factors)
    await tell_of_change(context, identity, "factor-added")
    return codes


async def rename(context: Context, identity: Identity, passkey_id: UUID, command: RenamePasskey) -> None:
    async with context.database.transaction(House()) as session:
        mine = (col(Passkey.id) == passkey_id, col(Passkey.person_id) == identity.person_id)
        await session.execute(update(Passkey).where(*mine).values(name=command.name))


@tells("factor:remove")
async def remove(context: Context, identity: Identity, passkey_id: UUID) -> None:
    """Other sign-ins end. Raises `StepUpNeeded`; nothing happens when it is gone or somebody else's."""
    require_fresh(context, identity)
    async with context.database.transaction(House()) as session:
        mine = (col(Passkey.id) == passkey_id, col(Passkey.person_id) == identity.person_id)
        gone = await session.scalar(delete(Passkey).where(*mine).returning(col(Passkey.id)))
        if gone is not None:
            await after_removed_factor(session, identity)
    if gone is not None:
        await tell_of_change(context, identity, "factor-removed")


def request_options(context: Context, browser: Browser, purpose: Purpose) -> str:
    """What `navigator.credentials.get` is asked, as JSON; the device offers what it has for this host."""
    challenge = issue(context.secret_key, purpose, browser.visit, context.now())
    return options_to_json(
        generate_authentication_options(rp_id=browser.host, challenge=challenge, user_verification=VERIFIED)
    )


async def sign_in_by_passkey(
    context: Context, door: Door, browser: Browser, command: Assertion, address: str, user_agent: str
) -> SignedIn:
    """Raises `PasskeyRefused` alike for an unknown passkey, a wrong answer and a door that is not theirs."""
    await limit_passkeys(context, address)
    person = await answered(context, browser, command, "sign-in")
    if person.brand_id != door.brand_id or person.status != "active":
        raise PasskeyRefused
    try:
        return await open_session(context, door, person, "cookie", user_agent)
    except WrongCredentials as not_theirs:
        raise PasskeyRefused from not_theirs


async def answered(
    context: Context, browser: Browser, command: Assertion, purpose: Purpose, whose: UUID | None = None
) -> Person:
    """Whose passkey answered our challenge. Raises `PasskeyRefused`, also when it is not `whose`."""
    challenge = challenge_of(command.credential)
    async with context.database.transaction(House()) as session:
        await spend(session, context.secret_key, challenge, purpose, browser.visit, context.now())
        query = select(Passkey).where(col(Passkey.credential_id) == str(json.loads(command.credential).get("id")))
        passkey = (await session.scalars(query.with_for_update())).one_or_none()
        if passkey is None or passkey.host != browser.host or whose not in (None, passkey.person_id):
            raise PasskeyRefused
        passkey.sign_count = _sign_count(context, browser, command.credential, challenge, passkey)
        passkey.used_at = context.now()
        return await session.get_one(Person, passkey.person_id)


def challenge_of(credential: str) -> bytes:
    """The challenge that was answered, as the browser signed it. Raises `PasskeyRefused` for anything malformed."""
    try:
        return parse_client_data_json(
            base64url_to_bytes(json.loads(credential)["response"]["clientDataJSON"])
        ).challenge
    except MALFORMED as malformed:
        raise PasskeyRefused from malformed


def _made(context: Context, browser: Browser, credential: str, challenge: bytes) -> VerifiedRegistration:
    try:
        return verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=browser.host,
            expected_origin=context.portals.address(browser.host),
            require_user_verification=True,
        )
    except MALFORMED as wrong:
        raise PasskeyRefused from wrong


def _sign_count(context: Context, browser: Browser, credential: str, challenge: bytes, passkey: Passkey) -> int:
    """How often the device says it has answered; one that says less than before is a copy, and refused."""
    try:
        shown = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=browser.host,
            expected_origin=context.portals.address(browser.host),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except MALFORMED as wrong:
        raise PasskeyRefused from wrong
    return shown.new_sign_count


def _descriptors(credential_ids: Sequence[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(each)) for each in credential_ids]
