"""A new password, by a link or by whoever is signed in. No answer tells whether an address is known."""

from datetime import timedelta
from uuid import uuid4

from pydantic import EmailStr, Field

from domain.actors import House
from models import Person
from usecases.audit.noting import note_person, tells
from usecases.context import Context
from usecases.identity.doors import Door, Identity
from usecases.identity.endings import end_sign_ins
from usecases.identity.links import look_up, use, void
from usecases.identity.mail import send_account_message, tell_of_change
from usecases.identity.passwords import ChosenPassword, check_password, words_about
from usecases.identity.rate_limit import limit
from usecases.identity.sessions import person_at
from usecases.identity.step_up import require_fresh
from usecases.views import Command
from workflows.steps import AccountPurpose


class AskForLink(Command):
    email: EmailStr


class ChangePassword(Command):
    password: ChosenPassword


class NewPassword(Command):
    token: str = Field("", max_length=100)
    password: ChosenPassword


async def ask_for_link(context: Context, door: Door, command: AskForLink, address: str) -> None:
    """A link to choose a new password; it confirms the address as well."""
    await limit(context, "link-from", address, 20, timedelta(hours=1))
    await limit_mail(context, door, command.email)
    await send_link(context, door, command.email)


async def reset_password(context: Context, door: Door, command: NewPassword, address: str) -> None:
    """Ends every open sign-in of the person. Raises `LinkExpired`; a refused password leaves the link good."""
    await limit(context, "reset-from", address, 30, timedelta(hours=1))
    async with context.database.transaction(House()) as session:
        _, person = await look_up(session, context, door, command.token, "reset")
        about = await words_about(session, person)
    await check_password(command.password, about)
    password_hash = await context.passwords.hash(command.password)
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
    password_hash = await context.passwords.hash(command.password)
    async with context.database.transaction(House()) as session:
        person = await session.get_one(Person, identity.person_id)
        person.password_hash = password_hash
        await void(session, context, person.id, "reset")
        await end_sign_ins(session, person.id, but=identity.session_id)
    await tell_of_change(context, identity, "password-changed")


async def send_link(context: Context, door: Door, email: str, purpose: AccountPurpose = "reset") -> None:
    """A process is started for an unknown address too, and sends nothing: both take as long.

    An address that is confirmed needs nothing but perhaps a new password.
    """
    async with context.database.transaction(House()) as session:
        person = await person_at(session, door, email)
    verified = person is not None and person.email_verified_at is not None
    await send_account_message(
        context, person.id if person else uuid4(), "reset" if verified else purpose, portal=door.portal
    )


async def limit_mail(context: Context, door: Door, email: str) -> None:
    """Raises `TooManyRequests`."""
    await limit(context, "link-for", f"{door.brand_id}/{email}", 5, timedelta(hours=1))
