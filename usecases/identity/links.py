"""Links in e-mails: each works once, for one purpose, until it expires."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.refusals import LinkExpired
from models import OneTimeToken, Person
from usecases.context import Context
from usecases.identity.doors import Door
from usecases.identity.tokens import token_hash
from workflows.steps import AccountPurpose


async def look_up(
    session: AsyncSession, context: Context, door: Door, token: str, purpose: AccountPurpose
) -> tuple[OneTimeToken, Person]:
    """Whose link it is, without using it. Raises `LinkExpired`."""
    mine = (col(OneTimeToken.token_hash) == token_hash(token), col(OneTimeToken.purpose) == purpose)
    query = select(OneTimeToken, Person).join(Person, col(Person.id) == col(OneTimeToken.person_id)).where(*mine)
    found = (await session.execute(query)).first()
    if found is None:
        raise LinkExpired
    link, person = found
    if link.used_at or link.expires_at <= context.now() or person.brand_id != door.brand_id:
        raise LinkExpired
    return link, person


async def use(
    session: AsyncSession, context: Context, door: Door, token: str, purpose: AccountPurpose
) -> tuple[OneTimeToken, Person]:
    """Of two who use it at once, one wins; the address is confirmed by it. Raises `LinkExpired`."""
    link, person = await look_up(session, context, door, token, purpose)
    unused = update(OneTimeToken).where(col(OneTimeToken.id) == link.id, col(OneTimeToken.used_at).is_(None))
    if (await session.scalar(unused.values(used_at=context.now()).returning(col(OneTimeToken.id)))) is None:
        raise LinkExpired
    person.email_verified_at = person.email_verified_at or context.now()
    return link, person


async def void(
    session: AsyncSession,
    context: Context,
    person_id: UUID,
    purpose: AccountPurpose,
    organization_id: UUID | None = None,
) -> None:
    """The other links of this purpose (and to this organization) in the person's mailbox open nothing any more."""
    unused = update(OneTimeToken).where(col(OneTimeToken.person_id) == person_id, col(OneTimeToken.used_at).is_(None))
    if organization_id:
        unused = unused.where(col(OneTimeToken.organization_id) == organization_id)
    await session.execute(unused.where(col(OneTimeToken.purpose) == purpose).values(used_at=context.now()))
