"""What takes the place of a message that was sent and never arrived: asked for again, it goes by another channel."""

from temporalio import workflow

from workflows.delivery import deliver
from workflows.steps import SendMessage


@workflow.defn
class SubstituteMessage:
    @workflow.run
    async def run(self, message: SendMessage) -> None:
        await deliver(message)


__all__ = ["SendMessage", "SubstituteMessage"]
