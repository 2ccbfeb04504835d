"""A link to confirm an address or to choose a new password, or word that how somebody signs in has changed.

The link is made where it is sent, never here.
"""

from temporalio import workflow

from workflows.calls import DELIVERY
from workflows.steps import AccountSteps, SendAccountMessage


@workflow.defn
class AccountMessage:
    @workflow.run
    async def run(self, message: SendAccountMessage) -> None:
        await workflow.execute_activity_method(AccountSteps.send_account_message, message, **DELIVERY)


__all__ = ["AccountMessage", "SendAccountMessage"]
