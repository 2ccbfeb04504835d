"""Starting workflows, and asking them to act. Refusals keep their names; a silence ends after ten seconds."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar
from uuid import UUID

from temporalio.api.errordetails.v1 import NamespaceNotFoundFailure
from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError, FailureError
from temporalio.service import RPCError, RPCStatusCode

from domain.refusals import NotInThisState, Refusal, StillWorking
from workflows.appointment import Appointment
from workflows.ids import appointment_workflow_id, journey_workflow_id
from workflows.patient_journey import PatientJourney

T = TypeVar("T")
PATIENCE_SECONDS = 10
NOT_NOW = {
    RPCStatusCode.UNAVAILABLE,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.FAILED_PRECONDITION,  # the workflow's task that was to answer has failed
    RPCStatusCode.NOT_FOUND,  # the namespace is missing
}
"""The same key may be tried again."""


async def ask(call: Awaitable[T]) -> T:
    """Await a start, an update or a query. `rpc_timeout` bounds one poll, not the update, so the wait is bounded here.

    Raises the workflow's refusal, `StillWorking` after ten seconds, `NotInThisState` when the process has ended.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await call
    except WorkflowUpdateFailedError as failed:
        raise refusal_in(failed) or failed from failed
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as slow:
        raise StillWorking from slow
    except RPCError as error:
        if is_absent(error):
            raise NotInThisState from error
        if error.status in NOT_NOW:
            raise StillWorking from error
        raise


def is_absent(error: RPCError) -> bool:
    """Whether there is no such workflow. Where the namespace itself is missing, nothing is known of any."""
    unknown = any(each.Is(NamespaceNotFoundFailure.DESCRIPTOR) for each in error.grpc_status.details)
    return error.status == RPCStatusCode.NOT_FOUND and not unknown


def refusal_in(error: BaseException) -> Refusal | None:
    """The named refusal inside Temporal's wrappers, if there is one."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ApplicationError) and cause.type in Refusal.registry:
            return Refusal.registry[cause.type]()
        cause = cause.cause if isinstance(cause, FailureError | WorkflowUpdateFailedError) else None
    return None


def journey_handle(temporal: Client, journey_id: UUID) -> "WorkflowHandle[PatientJourney, object]":
    return temporal.get_workflow_handle_for(PatientJourney.run, journey_workflow_id(journey_id))


def appointment_handle(temporal: Client, appointment_id: UUID) -> "WorkflowHandle[Appointment, object]":
    return temporal.get_workflow_handle_for(Appointment.run, appointment_workflow_id(appointment_id))


async def appointment_exists(temporal: Client, appointment_id: UUID) -> bool:
    """Whether the appointment's workflow runs or has run."""
    try:
        await ask(appointment_handle(temporal, appointment_id).describe())
    except NotInThisState:
        return False
    return True
