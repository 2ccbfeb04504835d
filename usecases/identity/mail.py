"""Account mail is durable: a process of its own sends it, and only its activity ever sees the link."""

from typing import Literal
from uuid import UUID, uuid4

from usecases.context import Context
from workflows import TASK_QUEUE
from workflows.account_message import AccountMessage, SendAccountMessage


async def send_account_message(context: Context, person_id: UUID, purpose: Literal["verify", "reset"]) -> None:
    workflow_id = f"account-message/{uuid4()}"
    await context.keyring.assign(workflow_id, person_id)
    await context.temporal.start_workflow(
        AccountMessage.run,
        SendAccountMessage(person_id=person_id, purpose=purpose),
        id=workflow_id,
        task_queue=TASK_QUEUE,
        static_summary=f"Account message: {purpose}",
    )
