"""People with accounts of their own for these tests, and what they hold in their hands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID, uuid4

import httpx
import pyotp
from sqlalchemy import func, select, update
from sqlmodel import SQLModel, col

from domain.access.permissions import Portal
from domain.actors import House
from models import AuthenticatorApp, Membership, Organization, Passkey, Person, SignInSession
from portals.core.door import SESSION_COOKIE
from tests.fixtures.house import AURORA, ORGANIZATIONS, RunningHouse, Visitor
from tests.patient.people import newcomer
from usecases.context import Context
from usecases.identity import authenticator_app
from usecases.identity.authenticator_app import Enrol
from usecases.identity.doors import Door, Identity
from usecases.identity.passwords import Passwords
from usecases.identity.sessions import SignedIn, open_session, recognize

PASSWORD = "a quiet garden behind the house"
OTHER = "seven herons over the river"
NORTHLIGHT, LINDENHOF = "northlight", "lindenhof"


@dataclass(frozen=True)
class Somebody:
    host: str
    email: str
    door: Door
    person_id: UUID


@dataclass(frozen=True)
class Enrolled:
    """`secret` is in the app, `codes` are on paper."""

    secret: str
    codes: tuple[str, ...]


@cache
def hashed(password: str) -> str:
    return Passwords(19).hasher.hash(password)


async def member(
    house: RunningHouse,
    *roles: str,
    organizations: tuple[str, ...] = (NORTHLIGHT,),
    host: str = ORGANIZATIONS,
    portal: Portal = "organization",
) -> Somebody:
    """Somebody with `roles` in each of `organizations`."""
    email = f"{uuid4().hex}@staff.example"
    async with house.database.transaction(House()) as session:
        person = Person(
            email=email,
            email_verified_at=house.context.now(),
            password_hash=hashed(PASSWORD),
            given_name="Robin",
            family_name="Vale",
        )
        session.add(person)
        await session.flush()
        for key in organizations:
            found = select(Organization).where(col(Organization.key) == key)
            organization = (await session.scalars(found)).one()
            for role in roles:
                session.add(Membership(organization_id=organization.id, person_id=person.id, role=role))
    return Somebody(host, email, Door(portal), person.id)


async def patient(house: RunningHouse, host: str = AURORA) -> Somebody:
    who = await newcomer(house, host)
    async with house.database.transaction(House()) as session:
        mine = update(Person).where(col(Person.id) == who.patient.person_id)
        await session.execute(mine.values(password_hash=hashed(PASSWORD)))
    return Somebody(host, who.email, Door("patient", who.patient.brand_id), who.patient.person_id)


async def opened(house: RunningHouse, who: Somebody, kind: str = "cookie", context: Context | None = None) -> SignedIn:
    """A sign-in without the form."""
    async with house.database.transaction(House()) as session:
        person = await session.get_one(Person, who.person_id)
    return await open_session(
        context or house.context, who.door, person, kind, "Mozilla/5.0 (X11; Linux) Firefox/140.0"
    )


async def identity_of(house: RunningHouse, who: Somebody) -> Identity:
    return await recognize(house.context, who.door, (await opened(house, who)).token)


@asynccontextmanager
async def at_pages(house: RunningHouse, who: Somebody) -> AsyncIterator[Visitor]:
    async with house.visitor(who.host) as visitor:
        visitor.cookies[SESSION_COOKIE] = (await opened(house, who)).token
        yield visitor


async def at_sign_in(visitor: Visitor, who: Somebody, password: str = PASSWORD, onward: str = "/") -> httpx.Response:
    await visitor.get("/sign-in")
    return await visitor.post(f"/sign-in?next={onward}", email=who.email, password=password)


async def with_app(house: RunningHouse, who: Somebody) -> Enrolled:
    """Enrolled half a minute ago, so that the present code is still good."""
    identity = await identity_of(house, who)
    offered = authenticator_app.offer(house.context, identity, "Fourdoors")
    wanted = Enrol(sealed=offered.sealed, code=code_at(offered.secret, house.context.now()))
    codes = await authenticator_app.enrol(house.context, identity, wanted)
    await half_a_minute_later(house, who)
    return Enrolled(offered.secret, codes)


async def with_passkey(house: RunningHouse, who: Somebody) -> UUID:
    """One that no device holds."""
    row = Passkey(
        person_id=who.person_id, credential_id=uuid4().hex, public_key=b"-", sign_count=0, name="Secret", host=who.host
    )
    async with house.database.transaction(House()) as session:
        session.add(row)
    return row.id


async def half_a_minute_later(house: RunningHouse, who: Somebody) -> None:
    """The app's codes of now have not been used."""
    async with house.database.transaction(House()) as session:
        mine = update(AuthenticatorApp).where(col(AuthenticatorApp.person_id) == who.person_id)
        await session.execute(mine.values(last_step=col(AuthenticatorApp.last_step) - 2))


def code_at(secret: str, now: datetime) -> str:
    return pyotp.TOTP(secret).at(now)


async def as_if(house: RunningHouse, who: Somebody, **times: datetime) -> None:
    """Every sign-in of theirs, with `seen_at`, `confirmed_at` or `expires_at` moved."""
    async with house.database.transaction(House()) as session:
        mine = update(SignInSession).where(col(SignInSession.person_id) == who.person_id)
        await session.execute(mine.values(**times))


async def long_ago(house: RunningHouse, who: Somebody) -> None:
    """They showed who they are before the last ten minutes."""
    await as_if(house, who, confirmed_at=house.context.now() - timedelta(minutes=11))


def later(context: Context, delta: timedelta) -> Context:
    return replace(context, now=lambda: datetime.now(tz=context.now().tzinfo) + delta)


async def count(house: RunningHouse, table: type[SQLModel], who: Somebody) -> int:
    async with house.database.transaction(House()) as session:
        mine = select(func.count()).select_from(table).where(table.person_id == who.person_id)  # type: ignore[attr-defined]
        return await session.scalar(mine) or 0
