"""Open sign-ins: making one, and who a token belongs to."""

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import House, Operator
from domain.devices import LONGEST_USER_AGENT
from domain.refusals import NotSignedIn, WrongCredentials
from domain.sign_in_rules import SEEN_EVERY, is_idle, needs_second_factor, time_outs
from models import Person, SignInSession
from usecases.audit.noting import note_person
from usecases.context import Context
from usecases.identity.doors import Actor, Door, Identity, actor_at
from usecases.identity.factors import factors_of
from usecases.identity.tokens import new_token, token_hash
from usecases.views import View


class SignedIn(View):
    """`token` is shown once: a cookie's value, or a bearer token. `asked_to_enrol`: a role of theirs needs more."""

    token: str
    lasts: timedelta
    asked_to_enrol: bool = False


async def open_session(context: Context, door: Door, person: Person, kind: str, user_agent: str = "") -> SignedIn:
    """Always a token nobody has seen before. Raises `WrongCredentials` when the person is nothing at `door`."""
    token, now = new_token(), context.now()
    async with context.database.transaction(House()) as session:
        actor, _ = await actor_at(session, door, person, None, now)
        roles = roles_of(actor)
        lasts = time_outs(door.portal, roles).absolute
        row = SignInSession(
            token_hash=token_hash(token),
            person_id=person.id,
            portal=door.portal,
            kind=kind,
            user_agent=user_agent[:LONGEST_USER_AGENT],
            created_at=now,
            seen_at=now,
            confirmed_at=now,
            expires_at=now + lasts,
        )
        session.add(row)
        asked = needs_second_factor(roles) and not (await factors_of(session, person.id)).any
    await note_person(context, person.id, "sign-in", session_id=row.id)
    return SignedIn(token=token, lasts=lasts, asked_to_enrol=asked)


def roles_of(actor: Actor) -> frozenset[str]:
    return actor.roles if isinstance(actor, Operator) else frozenset()


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
        if is_idle(door.portal, roles_of(actor), sign_in_session.seen_at, context.now()):
            raise NotSignedIn
        if context.now() - sign_in_session.seen_at >= SEEN_EVERY:
            seen = update(SignInSession).where(col(SignInSession.id) == sign_in_session.id)
            await session.execute(seen.values(seen_at=context.now()))
    return Identity(
        session_id=sign_in_session.id,
        actor=actor,
        person_id=person.id,
        name=f"{person.given_name} {person.family_name}".strip(),
        email=person.email,
        locale=person.locale,
        time_zone=person.time_zone,
        confirmed_at=sign_in_session.confirmed_at,
        seats=tuple(seats),
        seat_id=next((seat.id for seat in seats if seat.id == sign_in_session.seat_id), seats[0].id),
    )


async def person_at(session: AsyncSession, door: Door, email: str) -> Person | None:
    brand = col(Person.brand_id).is_(None) if door.brand_id is None else col(Person.brand_id) == door.brand_id
    query = select(Person).where(brand, func.lower(col(Person.email)) == email.lower())
    return (await session.scalars(query)).one_or_none()
