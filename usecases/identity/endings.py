"""Ending sign-ins: one's own, another of one's own, all of them."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import House
from models import PendingSignIn, SignInSession
from usecases.audit.noting import note_person, tells
from usecases.context import Context
from usecases.identity.doors import Identity
from usecases.identity.tokens import token_hash


async def sign_out(context: Context, token: str) -> None:
    async with context.database.transaction(House()) as session:
        ended = delete(SignInSession).where(col(SignInSession.token_hash) == token_hash(token))
        gone = (await session.execute(ended.returning(col(SignInSession.id), col(SignInSession.person_id)))).first()
    if gone:
        await note_person(context, gone.person_id, "sign-out", session_id=gone.id)


@tells("session:revoke")
async def sign_out_one(context: Context, identity: Identity, session_id: UUID) -> None:
    """One of one's own sign-ins; nothing happens when it has ended or is somebody else's."""
    async with context.database.transaction(House()) as session:
        mine = (col(SignInSession.id) == session_id, col(SignInSession.person_id) == identity.person_id)
        await session.execute(delete(SignInSession).where(*mine))


@tells("session:revoke-all")
async def sign_out_everywhere(context: Context, identity: Identity) -> None:
    async with context.database.transaction(House()) as session:
        await end_sign_ins(session, identity.person_id)


async def end_sign_ins(session: AsyncSession, person_id: UUID, but: UUID | None = None) -> None:
    """Every sign-in of the person at every door, also those not complete yet; `but` stays."""
    ended = delete(SignInSession).where(col(SignInSession.person_id) == person_id)
    await session.execute(ended.where(col(SignInSession.id) != but) if but else ended)
    await session.execute(delete(PendingSignIn).where(col(PendingSignIn.person_id) == person_id))
