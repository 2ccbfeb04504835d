"""Word of a broken glass to those who answer for the organization."""

import asyncio
from uuid import uuid5

from domain.actors import House, Operator
from models import BrokenGlass
from models.holders import holders
from usecases.context import Context
from usecases.identity.mail import send_account_message

ALARMED, REVIEWING = ("owner", "compliance"), "glass:review"


async def alarm(context: Context, operator: Operator, glass: BrokenGlass) -> None:
    """Once to each who answers for the organization; neither patient nor reason are told.

    Whoever looks before everybody was told, because the engine was away, has them told first.
    """
    if glass.alarmed_at is not None:
        return
    where = operator.organization_id
    async with context.database.transaction(House()) as session:
        people = (await session.scalars(holders(where, ALARMED, REVIEWING, context.now()))).all()
    once = {person.id: uuid5(glass.id, str(person.id)) for person in people}
    alarms = (send_account_message(context, each, "glass", organization_id=where, key=once[each]) for each in once)
    await asyncio.gather(*alarms)
    async with context.database.transaction(operator) as session:
        (await session.get_one(BrokenGlass, glass.id)).alarmed_at = context.now()
