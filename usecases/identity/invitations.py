"""Inviting somebody to work for an organization, and accepting. Who may invite is the caller's question."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import EmailStr, Field
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.access.permissions import Portal
from domain.access.roles import AFFILIATES
from domain.actors import House, Operator
from domain.refusals import InvalidInput, LinkExpired, NotFound
from domain.sign_in_rules import SHORTEST_PASSWORD
from models import Membership, OneTimeToken, Organization, Person
from models.base import values_of
from usecases.audit.noting import note, note_person
from usecases.context import Context
from usecases.identity.doors import Door
from usecases.identity.links import look_up, use, void
from usecases.identity.mail import send_account_message
from usecases.identity.passwords import GivenPassword, check_password, words_about
from usecases.identity.rate_limit import limit
from usecases.identity.sessions import person_at
from usecases.views import Command, Line, View

NO_PASSWORD = "!"
STAFF = Door("organization")


class Invite(Command):
    """`roles` by their keys; the caller has checked that there are such roles and that they may be given."""

    email: EmailStr
    given_name: Line = Field(min_length=1, max_length=80)
    family_name: Line = Field(min_length=1, max_length=80)
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
    """Answers the person's id. Whoever has a staff account keeps it; inviting again sends another link.

    Raises `InvalidInput` for somebody who holds all these roles.
    """
    await _keep_pace(context, operator)
    async with context.database.transaction(House()) as session:
        person = await person_at(session, STAFF, command.email) or await _new_person(session, operator, command)
        waiting = [await _wait(session, operator, person, role) for role in command.roles]
        if not any(waiting):
            raise InvalidInput({"roles": "This person holds the role already."})
    await _send(context, operator, person.id, command.roles)
    await note(context, operator, "invitation:send", of="person", id=person.id)
    return person.id


async def send_again(context: Context, operator: Operator, person_id: UUID, roles: Collection[str]) -> None:
    """Another link to the `roles` that wait for the person; the one before opens nothing once it is sent."""
    await _keep_pace(context, operator)
    await _send(context, operator, person_id, roles)


async def withdraw(context: Context, operator: Operator, person_id: UUID) -> None:
    """The link opens nothing any more. Raises `NotFound` for somebody who is not invited."""
    waiting = update(Membership).where(*_waiting(operator.organization_id, person_id)).values(status="ended")
    async with context.database.transaction(House()) as session:
        if not (await session.scalars(waiting.returning(col(Membership.id)))).all():
            raise NotFound
        await void(session, context, person_id, "invite", operator.organization_id)


async def last_days(context: Context, operator: Operator, people: Collection[UUID]) -> dict[UUID, datetime]:
    """Until when the newest link of each opens something; nobody whose mail is still being made."""
    if not people:
        return {}
    query = (
        select(col(OneTimeToken.person_id), func.max(col(OneTimeToken.expires_at)))
        .where(col(OneTimeToken.purpose) == "invite", col(OneTimeToken.used_at).is_(None))
        .where(col(OneTimeToken.organization_id) == operator.organization_id, col(OneTimeToken.person_id).in_(people))
        .group_by(col(OneTimeToken.person_id))
    )
    async with context.database.transaction(House()) as session:
        return {row[0]: row[1] for row in await session.execute(query)}


async def invitation(context: Context, door: Door, token: str) -> Invitation:
    """What the link is about, without using it. Raises `LinkExpired`, also when nothing waits for its reader."""
    async with context.database.transaction(House()) as session:
        link, person = await look_up(session, context, door, token, "invite")
        if not await session.scalar(select(col(Membership.id)).where(*_waiting(link.organization_id, person.id))):
            raise LinkExpired
        organization = await session.get_one(Organization, link.organization_id)
    return Invitation(organization=organization.name, email=person.email, new=person.password_hash == NO_PASSWORD)


async def accept(context: Context, door: Door, command: Accept, address: str) -> UUID:
    """Who is in: the memberships are active, a new person's password is set. Raises `LinkExpired`, `InvalidInput`."""
    await limit(context, "invitation-from", address, 30, timedelta(hours=1))
    async with context.database.transaction(House()) as session:
        _, person = await look_up(session, context, door, command.token, "invite")
        about = await words_about(session, person)
    password_hash = await _chosen(context, command.password, about) if person.password_hash == NO_PASSWORD else None
    async with context.database.transaction(House()) as session:
        link, person = await use(session, context, door, command.token, "invite")
        if password_hash and person.password_hash == NO_PASSWORD:
            person.password_hash = password_hash
        waiting = update(Membership).where(*_waiting(link.organization_id, person.id)).values(status="active")
        if not (await session.scalars(waiting.returning(col(Membership.id)))).all():
            raise LinkExpired
    await note_person(context, person.id, "invitation:accept")
    return person.id


async def _keep_pace(context: Context, operator: Operator) -> None:
    await limit(context, "invite-by", str(operator.organization_id), 100, timedelta(hours=1))


async def _wait(session: AsyncSession, operator: Operator, person: Person, role: str) -> bool:
    """The role waits for the person from now on; False for one they hold."""
    membership = Membership(organization_id=operator.organization_id, person_id=person.id, role=role, status="invited")
    again = (
        insert(Membership)
        .values(values_of(membership))
        .on_conflict_do_update(
            index_elements=["organization_id", "person_id", "role"],
            set_={"status": "invited"},
            where=col(Membership.status) != "active",
        )
        .returning(col(Membership.id))
    )
    return await session.scalar(again) is not None


def _waiting(organization_id: UUID | None, person_id: UUID) -> tuple[ColumnElement[bool], ...]:
    mine = (col(Membership.organization_id) == organization_id, col(Membership.person_id) == person_id)
    return (*mine, col(Membership.status) == "invited")


async def _send(context: Context, operator: Operator, person_id: UUID, roles: Collection[str]) -> None:
    portal: Portal = "affiliate" if AFFILIATES.keys() >= set(roles) else "organization"
    await send_account_message(context, person_id, "invite", portal, operator.organization_id)


async def _chosen(context: Context, password: str, about: tuple[str, ...]) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput({"password": "This is too short."})
    await check_password(password, about)
    return await context.passwords.hash(password)


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
