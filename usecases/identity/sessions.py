"""Open sign-ins: making one, and who a token belongs to."""

import json
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.access.permissions import PORTALS
from domain.actors import House, Operator
from domain.devices import LONGEST_USER_AGENT
from domain.refusals import NotSignedIn, SecondFactorNeeded, WrongCredentials
from domain.sign_in_rules import SEEN_EVERY, is_idle, needs_second_factor, time_outs
from models import Person, SignInSession
from usecases.audit.noting import note, note_person
from usecases.context import Context
from usecases.identity.doors import Actor, Door, Identity, actor_at, seated
from usecases.identity.factors import factors_of
from usecases.identity.seats import seats_json
from usecases.identity.tokens import new_token, token_hash
from usecases.views import View

HOLDER = {
    portal: f"""
(select json_build_object(
  'id', s.id, 'seat_id', s.seat_id, 'seen', s.seen_at, 'confirmed', s.confirmed_at, 'person_id', p.id,
  'name', concat_ws(' ', nullif(p.given_name, ''), nullif(p.family_name, '')), 'email', p.email,
  'locale', p.locale, 'time_zone', p.time_zone, 'seats', {seats_json(portal, "$5")},
  'has_factor', exists (select from authenticator_app a where a.person_id = p.id)
    or exists (select from passkey k where k.person_id = p.id)
)::text
from sign_in_session s join person p on p.id = s.person_id
where s.token_hash = $2 and s.kind = $3 and s.portal = $4 and s.expires_at > $5
  and p.status = 'active' and p.brand_id is not distinct from $6)
"""
    for portal in PORTALS
}
"""By portal: whoever holds the token $2 of kind $3, as JSON."""


class SignedIn(View):
    """`token` is shown once: a cookie's value, or a bearer token. `asked_to_enrol`: a role of theirs should have a
    second factor, and goes on without."""

    token: str
    lasts: timedelta
    asked_to_enrol: bool = False


async def open_session(context: Context, door: Door, person: Person, kind: str, user_agent: str = "") -> SignedIn:
    """Always a token nobody has seen before. Raises `WrongCredentials` when the person is nothing at `door`, or has
    another password since `person` was read."""
    token, now = new_token(), context.now()
    async with context.database.transaction(House()) as session:
        await _check_password_stands(session, person)
        actor, seats = await actor_at(session, door, person, None, now)
        roles = roles_of(actor)
        lasts = time_outs(door.portal, roles).absolute
        row = SignInSession(
            token_hash=token_hash(token),
            person_id=person.id,
            portal=door.portal,
            kind=kind,
            seat_id=seats[0].id,
            user_agent=user_agent[:LONGEST_USER_AGENT],
            created_at=now,
            seen_at=now,
            confirmed_at=now,
            expires_at=now + lasts,
        )
        session.add(row)
        lacking = is_powerful(actor) and not (await factors_of(session, person.id)).any
    await note_person(context, person.id, "sign-in", session_id=row.id)
    return SignedIn(token=token, lasts=lasts, asked_to_enrol=lacking and not context.factor_demanded)


async def _check_password_stands(session: AsyncSession, person: Person) -> None:
    """A new password ends every sign-in, also the one that began with the old and would be open only after it."""
    standing = select(col(Person.password_hash)).where(col(Person.id) == person.id).with_for_update(read=True)
    if await session.scalar(standing) != person.password_hash:
        raise WrongCredentials


def roles_of(actor: Actor) -> frozenset[str]:
    return actor.roles if isinstance(actor, Operator) else frozenset()


def is_powerful(actor: Actor) -> bool:
    """Whether a second factor goes with what they are."""
    return isinstance(actor, Operator) and needs_second_factor(actor.roles, actor.granted)


async def enrolled(context: Context, identity: Identity) -> Identity:
    """The same. Raises `SecondFactorNeeded` while they have to add one first; the audit keeps who was refused."""
    if identity.factor_due:
        await note(context, identity.actor, "second-factor:ask", "refused:SecondFactorNeeded")
        raise SecondFactorNeeded
    return identity


async def identify(context: Context, door: Door, token: str, kind: str = "cookie") -> Identity:
    """Who holds `token` at `door`. Raises `NotSignedIn` and `SecondFactorNeeded`."""
    return await enrolled(context, await recognize(context, door, token, kind))


async def recognize(context: Context, door: Door, token: str, kind: str = "cookie") -> Identity:
    """`identify` for what is about oneself: a second factor may be due. One statement, because every request asks."""
    now = context.now()
    wanted = (token_hash(token), kind, door.portal, now, door.brand_id)
    answer = await context.database.value(House(), HOLDER[door.portal], *wanted)
    if answer is None:
        raise NotSignedIn
    found = json.loads(answer)
    person_id, session_id, seen_at = UUID(found["person_id"]), UUID(found["id"]), datetime.fromisoformat(found["seen"])
    try:
        seat_id = UUID(found["seat_id"]) if found["seat_id"] else None
        actor, seats = seated(door.portal, person_id, found["seats"], seat_id)
    except WrongCredentials as none_left:
        raise NotSignedIn from none_left
    if is_idle(door.portal, roles_of(actor), seen_at, now):
        raise NotSignedIn
    if now - seen_at >= SEEN_EVERY:
        async with context.database.transaction(House()) as session:
            mine = col(SignInSession.id) == session_id
            await session.execute(update(SignInSession).where(mine).values(seen_at=now))
    return Identity(
        session_id=session_id,
        actor=actor,
        person_id=person_id,
        name=found["name"],
        email=found["email"],
        locale=found["locale"],
        time_zone=found["time_zone"],
        confirmed_at=datetime.fromisoformat(found["confirmed"]),
        seats=tuple(seats),
        seat_id=next((seat.id for seat in seats if seat.id == seat_id), seats[0].id),
        factor_due=context.factor_demanded and is_powerful(actor) and not found["has_factor"],
    )


async def person_at(session: AsyncSession, door: Door, email: str) -> Person | None:
    brand = col(Person.brand_id).is_(None) if door.brand_id is None else col(Person.brand_id) == door.brand_id
    query = select(Person).where(brand, func.lower(col(Person.email)) == email.lower())
    return (await session.scalars(query)).one_or_none()
