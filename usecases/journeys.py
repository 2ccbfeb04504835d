"""Starting a journey and telling it what a person did."""

from uuid import UUID, uuid5

from sqlalchemy import select
from sqlmodel import col
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from domain.actors import Patient
from domain.journeys.language import Definition, owner_of, stage_of
from domain.journeys.state import Event, JourneyState
from domain.journeys.validation import read_definition
from domain.refusals import NotFound
from models import Brand, JourneyDefinition, Organization, Program
from usecases.context import Context
from usecases.processes import ask, journey_handle
from workflows import TASK_QUEUE, search_attributes
from workflows.ids import journey_workflow_id
from workflows.patient_journey import Act, JourneyStart, PatientJourney


async def begin_journey(context: Context, patient: Patient, program_id: UUID, key: str) -> UUID:
    """The id of the patient's journey through the program; the same key again is the same journey."""
    async with context.database.transaction(patient) as session:
        program = await session.get(Program, program_id)
        if program is None or program.brand_id != patient.brand_id:
            raise NotFound
        newest = (
            select(JourneyDefinition)
            .where(col(JourneyDefinition.key) == program.journey_key, col(JourneyDefinition.status) == "published")
            .order_by(col(JourneyDefinition.version).desc())
            .limit(1)
        )
        row = (await session.scalars(newest)).one()
        organization = await session.get_one(Organization, patient.organization_id)
        brand = await session.get_one(Brand, patient.brand_id)
    definition = read_definition(row.body)
    journey_id = uuid5(patient.patient_id, f"journey/{program_id}/{key}")
    start = JourneyStart(
        journey_id=journey_id,
        organization_id=patient.organization_id,
        brand_id=patient.brand_id,
        patient_id=patient.patient_id,
        program_id=program_id,
        definition=bare(definition),
    )
    first = definition.steps[0]
    await context.keyring.assign(journey_workflow_id(journey_id), patient.person_id)
    operation = WithStartWorkflowOperation(
        PatientJourney.run,
        start,
        id=journey_workflow_id(journey_id),
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        search_attributes=search_attributes.at_start(
            organization.key, brand.key, stage_of(first), owner_of(first) or "organization"
        ),
        static_summary=f"{definition.key} v{definition.version} of {brand.key}",
        static_details=f"Program: {program.key}",
    )
    began = context.temporal.execute_update_with_start_workflow(
        PatientJourney.began, start_workflow_operation=operation
    )
    await ask(began)
    return journey_id


async def tell(context: Context, journey_id: UUID, event: Event, key: str) -> JourneyState:
    """Something a person did. Raises `StepNotOpen` when the journey does not wait for it; `key` makes it once only."""
    update = journey_handle(context.temporal, journey_id).execute_update(PatientJourney.act, Act(event=event), id=key)
    return await ask(update)


def bare(definition: Definition) -> Definition:
    """Without words: the workflow needs none, and they would fill its history."""
    steps = tuple(step.model_copy(update={"title": {}}) for step in definition.steps)
    return definition.model_copy(update={"title": {}, "description": {}, "steps": steps})
