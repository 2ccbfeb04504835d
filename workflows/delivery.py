"""Delivering a message: at night it waits for the morning by a durable timer; after a day it is given up."""

from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

from workflows.calls import DELIVERY
from workflows.steps import MessageSteps, SendMessage


async def deliver(message: SendMessage) -> None:
    """Never raises: a message that cannot be delivered must not stop what it tells about."""
    try:
        while True:
            dated = message.model_copy(update={"at": workflow.now()})
            later = await workflow.execute_activity_method(
                MessageSteps.send_message, dated, summary=message.template, **DELIVERY
            )
            if later is None:
                return
            await workflow.sleep(max(later - workflow.now(), timedelta(0)), summary="quiet hours")
    except ActivityError:
        workflow.logger.warning("a message was given up", extra={"template": message.template})
