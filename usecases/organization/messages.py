"""What was sent to whom, how, and what became of it. Never the words themselves."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Operator
from domain.messages import Channel
from models import Brand, Message, Person
from usecases.context import Context
from usecases.listing import ByName, ListQuery, Paging, full_name, sought
from usecases.organization.listing import Statement, paged
from usecases.organization.named import of_people_named
from usecases.permission import needs
from usecases.views import View


class MessageQuery(ListQuery):
    channel: Channel | None = None
    status: Literal["queued", "sending", "sent", "delivered", "failed", "suppressed"] | None = None
    category: Literal["account", "appointments", "reminders", "next-steps", "work"] | None = None


class MessageSearch(MessageQuery, ByName):
    """The same, by name."""


class MessageRow(View):
    """`reason` is the vendor's word for a failure; `given-up` is ours: for almost a day the vendor has not taken it.

    `brand` is empty for messages to staff.
    """

    id: UUID
    to: str
    brand: str
    template: str
    category: str
    channel: str
    locale: str
    status: str
    reason: str
    created_at: datetime
    sent_at: datetime | None
    appointment_id: UUID | None
    journey_id: UUID | None


class MessageList(View):
    rows: tuple[MessageRow, ...]
    paging: Paging


@needs("message:read")
async def messages(context: Context, operator: Operator, query: MessageQuery) -> MessageList:
    order = (col(Message.created_at).desc(), col(Message.id))
    async with context.database.transaction(operator) as session:
        matching = await _matching(session, operator, query)
        found, paging = await paged(session, matching, order, query.page, all_messages(operator))
    return MessageList(rows=tuple(row_of(*each) for each in found), paging=paging)


def all_messages(operator: Operator) -> Statement:
    """Rows of (message, person's name, brand's name or None)."""
    return (
        select(Message, full_name(), col(Brand.name))
        .join(Person, col(Person.id) == col(Message.person_id))
        .outerjoin(Brand, col(Brand.id) == col(Message.brand_id))
        .where(col(Message.organization_id) == operator.organization_id)
    )


def row_of(row: Message, to: str, brand: str | None) -> MessageRow:
    return MessageRow(**row.model_dump(include=set(MessageRow.model_fields)), to=to, brand=brand or "")


async def _matching(session: AsyncSession, operator: Operator, query: MessageQuery) -> Statement:
    statement: Statement = select(col(Message.id)).where(col(Message.organization_id) == operator.organization_id)
    if query.channel:
        statement = statement.where(col(Message.channel) == query.channel)
    if query.status:
        statement = statement.where(col(Message.status) == query.status)
    if query.category:
        statement = statement.where(col(Message.category) == query.category)
    if name := sought(query):
        statement = statement.where(await of_people_named(session, col(Message.person_id), name))
    return statement
