"""Which second factors somebody has, and what adding the first or removing one brings with it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models import AuthenticatorApp, Passkey
from usecases.identity import recovery_codes
from usecases.identity.doors import Identity
from usecases.identity.endings import end_sign_ins
from usecases.views import View


class Factors(View):
    """`hosts`: the doors that a passkey of theirs opens. Any factor counts at every door."""

    app: bool
    hosts: frozenset[str]
    codes_left: int = 0

    @property
    def any(self) -> bool:
        return self.app or bool(self.hosts)


async def factors_of(session: AsyncSession, person_id: UUID) -> Factors:
    app = select(col(AuthenticatorApp.id)).where(col(AuthenticatorApp.person_id) == person_id)
    hosts = select(col(Passkey.host)).where(col(Passkey.person_id) == person_id)
    return Factors(
        app=(await session.scalar(app)) is not None,
        hosts=frozenset(await session.scalars(hosts)),
        codes_left=await recovery_codes.left(session, person_id),
    )


async def after_first_factor(session: AsyncSession, person_id: UUID, before: Factors) -> tuple[str, ...]:
    """New recovery codes, or none when there was a factor already."""
    return () if before.any else await recovery_codes.renew(session, person_id)


async def after_removed_factor(session: AsyncSession, identity: Identity) -> None:
    if not (await factors_of(session, identity.person_id)).any:
        await recovery_codes.forget(session, identity.person_id)
    await end_sign_ins(session, identity.person_id, but=identity.session_id)
