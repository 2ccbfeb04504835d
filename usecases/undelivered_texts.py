"""Texts that were sent and never arrive: a landline, a phone that is off for good. E-mail takes their place, once.

Which channel it is, and whether there is still something to say, is for whoever sends messages to decide.
"""

import contextlib
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from domain.actors import House
from domain.messages import CHANNELS, CLOSED
from models import Message
from usecases.context import Context
from usecases.processes import ask
from workflows import TASK_QUEUE
from workflows.substitute_message import SendMessage, SubstituteMessage


async def replace_undelivered(context: Context, message_id: UUID) -> str:
    """What was done about it. A text that another channel carries too, or an e-mail, needs nothing in its place.

    Whoever hears of the last channel that failed sees that all have: each failure was written down before this.
    """
    notice = await _notice_of(context, message_id)
    if any(row.status not in CLOSED or row.channel == "email" for row in notice):
        return "told by another channel"
    await _send_again(context, notice[0])
    return "another channel takes its place"


async def _notice_of(context: Context, message_id: UUID) -> list[Message]:
    """The same words to the same person by whatever channel."""
    async with context.database.transaction(House()) as session:
        row = await session.get_one(Message, message_id)
        keys = [f"{_key_of(row)}/{row.person_id}/{channel}" for channel in CHANNELS]
        same = (col(Message.organization_id) == row.organization_id) & col(Message.key).in_(keys)
        return list(await session.scalars(select(Message).where(same).order_by(col(Message.key))))


async def _send_again(context: Context, row: Message) -> None:
    """The first of the notice names the run, so that of several that fail at once one is replaced."""
    workflow_id = f"substitute-message/{row.id}"
    await context.keyring.assign(workflow_id, row.person_id)
    message = SendMessage(
        organization_id=row.organization_id,
        template=row.template,
        key=_key_of(row),
        appointment_id=row.appointment_id,
        journey_id=row.journey_id,
    )
    with contextlib.suppress(WorkflowAlreadyStartedError):
        await ask(
            context.temporal.start_workflow(
                SubstituteMessage.run,
                message,
                id=workflow_id,
                task_queue=TASK_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                static_summary=f"In place of a text: {row.template}",
            )
        )


def _key_of(row: Message) -> str:
    return row.key.removesuffix(f"/{row.person_id}/{row.channel}")
