"""Account mail is durable: a process of its own sends it, and only its activity ever sees the link."""

import contextlib
from uuid import UUID, uuid4

from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from domain.access.permissions import Portal
from usecases.context import Context
from usecases.identity.doors import Identity
from usecases.processes import ask
from workflows import TASK_QUEUE
from workflows.account_message import AccountMessage, SendAccountMessage
from workflows.steps import AccountPurpose, SecurityChange

PORTAL_OF: dict[str, Portal] = {
    "patient": "patient",
    "specialist": "specialist",
    "operator": "organization",
    "affiliate": "affiliate",
}


async def send_account_message(
    context: Context,
    person_id: UUID,
    purpose: AccountPurpose,
    portal: Portal = "organization",
    organization_id: UUID | None = None,
    key: UUID | None = None,
) -> None:
    """The link leads to `portal`; an invitation is to `organization_id`. An unknown `person_id` gets no mail.

    The same `key` again is the same message.
    """
    workflow_id = f"account-message/{key or uuid4()}"
    await context.keyring.assign(workflow_id, person_id)
    with contextlib.suppress(WorkflowAlreadyStartedError):
        await ask(
            context.temporal.start_workflow(
                AccountMessage.run,
                SendAccountMessage(
                    person_id=person_id, purpose=purpose, portal=portal, organization_id=organization_id
                ),
                id=workflow_id,
                task_queue=TASK_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                static_summary=f"Account message: {purpose}",
            )
        )


async def tell_of_change(context: Context, identity: Identity, change: SecurityChange) -> None:
    """So that whoever did not do it themselves hears of it. Tells the kind of change and nothing of what is new."""
    portal = PORTAL_OF[identity.actor.kind]
    organization_id = getattr(identity.actor, "organization_id", None)
    await send_account_message(context, identity.person_id, change, portal, organization_id)
