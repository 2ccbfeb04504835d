"""Inviting somebody to work for an organization, and accepting. Who may invite is the caller's question."""

from datetime import timedelta
from uuid import UUID

from pydantic import EmailStr, Field
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.access.permissions import Portal
from domain.actors import House, Operator
from domain.refusals import InvalidInput
from domain.sign_in_rules import SHORTEST_PASSWORD
from models import Membership, Organization, Person
from models.base import values_of
from usecases.audit.noting import note, note_person
from usecases.context import Context
from usecases.identity.doors import Door
from usecases.identity.links import look_up, use
from usecases.identity.mail import send_account_message
from usecases.identity.passwords import GivenPassword, check_password, hash_password, words_about
from usecases.identity.rate_limit import limit
from usecases.identity.seats import AFFILIATES
from usecases.identity.sessions import person_at
from usecases.views import Command, View

NO_PASSWORD = "!"
STAFF = Door("organization")


class Invite(Command):
    """`roles` by their keys; the caller has checked that there are such roles and that they may be given."""

    email: EmailStr
    given_name: str = Field(min_length=1, max_length=80)
    family_name: str = Field(min_length=1, max_length=80)
    roles: tuple[str, ...] = Field(min_length=1, max_length=40)


class Invitation(View):
    """`new`: the person has no password yet and chooses one."""

    organization: str
    email: str
    new: bool


class Accept(Command):
    token: str = Field(min_length=20, max_length=100)
    password: GivenPassword = ""


async def invite(context: Context, operator: Operator, command: Invite) -> UUID:
    """Answers the person's id. Whoever has a staff account keeps it; inviting again sends another link."""
    await limit(context, "invite-by", str(operator.organization_id), 100, timedelta(hours=1))
    async with context.database.transaction(House()) as session:
        person = await person_at(session, STAFF, command.email) or await _new_person(session, operator, command)
        for role in command.roles:
            membership = Membership(
                organization_id=operator.organization_id, person_id=person.id, role=role, status="invited"
            )
            again = (
                insert(Membership)
                .values(values_of(membership))
                .on_conflict_do_update(
                    index_elements=["organization_id", "person_id", "role"],
                    set_={"status": "invited"},
                    where=col(Membership.status) != "active",
                )
            )
            await session.execute(again)
    portal: Portal = "affiliate" if AFFILIATES.keys() >= set(command.roles) else "organization"
    await send_account_message(context, person.id, "invite", portal, operator.organization_id)
    await note(context, operator, "invitation:send", of="person", id=person.id)
    return person.id


async def invitation(context: Context, door: Door, token: str) -> Invitation:
    """What the link is about, without using it. Raises `LinkExpired`."""
    async with context.database.transaction(House()) as session:
        link, person = await look_up(session, context, door, token, "invite")
        organization = await session.get_one(Organization, link.organization_id)
    return Invitation(organization=organization.name, email=person.email, new=person.password_hash == NO_PASSWORD)


async def accept(context: Context, door: Door, command: Accept, address: str) -> UUID:
    """Who is in: the memberships are active, a new person's password is set. Raises `LinkExpired`, `InvalidInput`."""
    await limit(context, "invitation-from", address, 30, timedelta(hours=1))
    async with context.database.transaction(House()) as session:
        _, person = await look_up(session, context, door, command.token, "invite")
        about = await words_about(session, person)
    password_hash = await _chosen(command.password, about) if person.password_hash == NO_PASSWORD else None
    async with context.database.transaction(House()) as session:
        link, person = await use(session, context, door, command.token, "invite")
        if password_hash and person.password_hash == NO_PASSWORD:
            person.password_hash = password_hash
        mine = (col(Membership.person_id) == person.id, col(Membership.organization_id) == link.organization_id)
        invited = update(Membership).where(*mine, col(Membership.status) == "invited")
        await session.execute(invited.values(status="active"))
    await note_person(context, person.id, "invitation:accept")
    return person.id


async def _chosen(password: str, about: tuple[str, ...]) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput({"password": "This is too short."})
    await check_password(password, about)
    return await hash_password(password)


async def _new_person(session: AsyncSession, operator: Operator, command: Invite) -> Person:
    """Reads and keeps the clock of whoever invites, until they change it."""
    inviting = await session.get_one(Person, operator.person_id)
    person = Person(
        email=command.email,
        password_hash=NO_PASSWORD,
        given_name=command.given_name,
        family_name=command.family_name,
        locale=inviting.locale,
        time_zone=inviting.time_zone,
    )
    session.add(person)
    await session.flush()
    return person
