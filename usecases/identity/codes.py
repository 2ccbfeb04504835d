"""A code somebody types: of the app, or a recovery code. It is good once."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from usecases.context import Context
from usecases.identity import authenticator_app, recovery_codes


async def spend_code(session: AsyncSession, context: Context, person_id: UUID, code: str) -> bool:
    if await authenticator_app.spend(session, context, person_id, code):
        return True
    return await recovery_codes.spend(session, person_id, code, context.now())
