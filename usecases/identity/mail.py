"""Account mail is durable: a process of its own sends it, and only its activity ever sees the link."""

from uuid import UUID, uuid4

from domain.access.permissions import Portal
from usecases.context import Context
from workflows import TASK_QUEUE
from workflows.account_message import AccountMessage, SendAccountMessage
from workflows.steps import AccountPurpose


async def send_account_message(
    context: Context,
    person_id: UUID,
    purpose: AccountPurpose,
    portal: Portal = "organization",
    organization_id: UUID | None = None,
) -> None:
    """The link leads to `portal`; an invitation is to `organization_id`. An unknown `person_id` gets no mail."""
    workflow_id = f"account-message/{uuid4()}"
    await context.keyring.assign(workflow_id, person_id)
    await context.temporal.start_workflow(
        AccountMessage.run,
        SendAccountMessage(person_id=person_id, purpose=purpose, portal=portal, organization_id=organization_id),
        id=workflow_id,
        task_queue=TASK_QUEUE,
        static_summary=f"Account message: {purpose}",
    )
