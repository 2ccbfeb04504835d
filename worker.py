"""The worker process: every workflow, and the activities that do their side effects."""

import asyncio
import hashlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

import composition
from activities.accounts import Accounts
from activities.booking import Booking
from activities.border import RefusalBorder
from activities.delivery import Delivery
from activities.journeys import Journeys
from activities.messages import Addresses, Messages
from activities.payments import CardPayments
from gateways import logs, metrics
from gateways.messages import Mailer, Texter
from gateways.payments import Payments
from models.session import Database
from settings import Settings, read_settings
from workflows import TASK_QUEUE
from workflows.account_message import AccountMessage
from workflows.appointment import Appointment
from workflows.patient_journey import PatientJourney
from workflows.substitute_message import SubstituteMessage

WORKFLOWS: Sequence[type] = (PatientJourney, Appointment, AccountMessage, SubstituteMessage)
PURE = ("domain", "pydantic", "pydantic_core", "annotated_types", "babel", "cel", "isodate")
"""Imported once for all workflows instead of once for each; the import contracts keep `domain` pure."""


def activities(
    database: Database, payments: Payments, mailer: Mailer, texter: Texter, addresses: Addresses, callback_url: str
) -> list[Callable[..., Any]]:
    """Every side effect, with what it needs handed in."""
    booking, journeys, money = Booking(database), Journeys(database), CardPayments(database, payments)
    messages = Messages(database, Delivery(database, mailer, texter, callback_url), addresses)
    accounts = Accounts(database, mailer, addresses)
    return [
        booking.record_appointment,
        booking.move_booking,
        booking.could_take_place,
        journeys.record_journey,
        journeys.find_deed,
        money.take_payment,
        money.look_up_payment,
        money.end_payments,
        money.refund_payment,
        messages.send_message,
        accounts.send_account_message,
    ]


def activities_of(settings: Settings, database: Database) -> list[Callable[..., Any]]:
    return activities(
        database,
        composition.payments_of(settings),
        composition.mailer_of(settings),
        composition.texter_of(settings),
        composition.addresses_of(settings),
        f"{composition.callback_base(settings)}/webhooks/twilio",
    )


def workflow_runner() -> SandboxedWorkflowRunner:
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*PURE))


def deployment() -> WorkerDeploymentConfig:
    """Names the rules this worker runs in every history. The SDK's own name is the hash of every module that is loaded,
    which takes seconds at each start."""
    here = Path(__file__).parent
    sources = sorted(path for room in ("workflows", "domain") for path in (here / room).rglob("*.py"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    version = WorkerDeploymentVersion(deployment_name="fourdoors", build_id=digest[:12])
    return WorkerDeploymentConfig(version=version, use_worker_versioning=False)


def build_worker(
    client: Client, acts: Sequence[Callable[..., Any]], task_queue: str = TASK_QUEUE, **options: Any
) -> Worker:
    return Worker(
        client,
        task_queue=task_queue,
        workflows=WORKFLOWS,
        activities=acts,
        interceptors=[RefusalBorder()],
        workflow_runner=workflow_runner(),
        deployment_config=deployment(),
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=2),
        graceful_shutdown_timeout=timedelta(seconds=5),
        **options,
    )


async def run(settings: Settings) -> None:
    database = composition.database_of(settings)
    runtime = metrics.runtime(str(settings.bind), settings.metrics_port)
    client = await composition.temporal_of(settings, composition.keyring_of(settings, database), runtime)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with build_worker(client, activities_of(settings, database)):
        await stop.wait()
    await database.close()


def main() -> None:
    settings = composition.complete(read_settings())
    logs.configure(settings.log_level)
    asyncio.run(run(settings))
    # Native threads of Temporal's SDK can crash the interpreter while it exits; all is settled by now.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
