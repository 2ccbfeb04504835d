"""Starting a journey and telling it what a person did."""

from typing import NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from domain.actors import Patient
from domain.journeys.language import Definition, owner_of, stage_of
from domain.journeys.records import record_of
from domain.journeys.state import Event
from domain.refusals import AlreadyOnJourney, NotFound, StepNotOpen
from models import Brand, Journey, JourneyDefinition, Organization, Program
from models import Patient as PatientRow
from usecases.context import Context
from usecases.processes import ask, journey_handle
from usecases.records import catch_up_journey, record_journey
from workflows import TASK_QUEUE, search_attributes
from workflows.commands import Act, JourneyStart
from workflows.ids import journey_workflow_id
from workflows.patient_journey import PatientJourney, opening_of
from workflows.steps import RecordJourney


class Offered(NamedTuple):
    organization: Organization
    brand: Brand
    program: Program
    definition: Definition
    subject_id: UUID
    """The patient as a person, whoever acts: theirs is the key of everything the workflow keeps."""


async def begin_journey(context: Context, patient: Patient, program_id: UUID, key: str) -> UUID:
    """The id of the patient's journey through the program; the same key again is the same journey.

    The workflow is there before the row: should we die in between, it records its opening with its first own move.
    Raises `NotFound`, and `AlreadyOnJourney` when another program was begun under that key.
    """
    offered = await _offered(context, patient, program_id)
    journey_id = uuid5(patient.patient_id, f"journey/{key}")
    start = JourneyStart(
        journey_id=journey_id,
        organization_id=patient.organization_id,
        brand_id=patient.brand_id,
        patient_id=patient.patient_id,
        program_id=program_id,
        began_at=context.now(),
        definition=bare(offered.definition),
    )
    if await _start(context, start, offered):
        await record_journey(context, opening_record(start))
    else:
        await catch_up_journey(context, journey_id)
        await _check_program(context, patient, journey_id, program_id)
    return journey_id


async def tell(context: Context, journey_id: UUID, event: Event, key: str) -> None:
    """Something a person did. Raises `StepNotOpen` when the journey does not wait for it; `key` makes it once only.

    Whoever was shown an old page sees the new one next: what was not recorded by then is.
    """
    update = journey_handle(context.temporal, journey_id).execute_update(PatientJourney.act, Act(event=event), id=key)
    try:
        record = await ask(update)
    except StepNotOpen:
        await catch_up_journey(context, journey_id)
        raise
    await record_journey(context, record)


async def _offered(context: Context, patient: Patient, program_id: UUID) -> Offered:
    async with context.database.transaction(patient) as session:
        program = await session.get(Program, program_id)
        if program is None or program.brand_id != patient.brand_id:
            raise NotFound
        organization = await session.get_one(Organization, patient.organization_id)
        brand = await session.get_one(Brand, patient.brand_id)
        subject = await session.get_one(PatientRow, patient.patient_id)
        newest = await _newest(session, program.journey_key)
        return Offered(organization, brand, program, newest, subject.person_id)


async def _check_program(context: Context, patient: Patient, journey_id: UUID, program_id: UUID) -> None:
    async with context.database.transaction(patient) as session:
        if (await session.get_one(Journey, journey_id)).program_id != program_id:
            raise AlreadyOnJourney


async def _newest(session: AsyncSession, key: str) -> Definition:
    query = (
        select(JourneyDefinition)
        .where(col(JourneyDefinition.key) == key, col(JourneyDefinition.status) == "published")
        .order_by(col(JourneyDefinition.version).desc())
        .limit(1)
    )
    return Definition.model_validate((await session.scalars(query)).one().body)


async def _start(context: Context, start: JourneyStart, offered: Offered) -> bool:
    """Whether it is new."""
    organization, brand, program, definition, subject_id = offered
    first = definition.steps[0]
    await context.keyring.assign(journey_workflow_id(start.journey_id), subject_id)
    try:
        await ask(
            context.temporal.start_workflow(
                PatientJourney.run,
                start,
                id=journey_workflow_id(start.journey_id),
                task_queue=TASK_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                search_attributes=search_attributes.at_start(
                    organization.key, brand.key, stage_of(first), owner_of(first) or "organization"
                ),
                static_summary=f"{definition.key} v{definition.version} of {brand.key}",
                static_details=f"Program: {program.key}",
            )
        )
    except WorkflowAlreadyStartedError:
        return False
    return True


def opening_record(start: JourneyStart) -> RecordJourney:
    record = record_of(start.definition, opening_of(start), None, start.program_id)
    return RecordJourney(organization_id=start.organization_id, journey_id=start.journey_id, records=(record,))


def bare(definition: Definition) -> Definition:
    """Without words: the workflow needs none, and they would fill its history."""
    steps = tuple(step.model_copy(update={"title": {}}) for step in definition.steps)
    return definition.model_copy(update={"title": {}, "description": {}, "steps": steps})
