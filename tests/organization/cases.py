"""Patients on their way, and who of the demo's organizations looks at them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, select, update
from sqlmodel import col

from domain.actors import House, Patient
from domain.journeys.state import ConsentsGiven, FormCompleted
from models import Person, Program, QuestionnaireResponse
from tests.fixtures.house import AURORA, RunningHouse
from tests.usecases.steps import held, new_patient, offered
from usecases.journeys import begin_journey, tell
from usecases.processes import appointment_handle, ask
from workflows.appointment import Appointment
from workflows.commands import Pay

OLIVIA = ("olivia@northlight.example", "northlight-owner")
CARLOS = ("carlos@northlight.example", "northlight-care")
RUTH = ("ruth@northlight.example", "northlight-lead")
LINDA = ("linda@lindenhof.example", "lindenhof-owner")
SEVERE = {"score": 22, "band": "severe", "flags": ["self-harm"]}
MODERATE = {"score": 12, "band": "moderate", "flags": []}
SECRET = "an answer nobody but the specialist reads"


@dataclass(frozen=True)
class Case:
    """A patient with a name nobody else has, and where the journey has got to."""

    patient: Patient
    name: str
    journey_id: UUID
    appointment_id: UUID | None = None


async def assessed(house: RunningHouse, facts: dict[str, Any], host: str = AURORA) -> Case:
    """A patient of the brand at `host` whose PHQ-9 came to `facts`."""
    patient, family = await new_patient(house, host), f"Vale{uuid4().hex[:10]}"
    async with house.database.transaction(House()) as session:
        mine = update(Person).where(col(Person.id) == patient.person_id)
        await session.execute(mine.values(given_name="Robin", family_name=family))
    async with house.database.transaction(patient) as session:
        program = (await session.scalars(programs(patient))).one()
    journey_id = await begin_journey(house.context, patient, program.id, uuid4().hex)
    given = ConsentsGiven(kinds=("treatment", "telehealth", "privacy"))
    await tell(house.context, journey_id, given, uuid4().hex)
    async with house.database.transaction(patient) as session:
        session.add(response(patient, journey_id, facts))
    await tell(house.context, journey_id, FormCompleted(form="phq-9", facts=facts), uuid4().hex)
    return Case(patient, f"Robin {family}", journey_id)


async def booked(house: RunningHouse, skip: int = 0) -> Case:
    """A patient of Aurora with a paid appointment."""
    case = await assessed(house, MODERATE)
    slot = await offered(house, case.patient, skip=skip)
    appointment_id = await held(house, case.patient, slot, case.journey_id)
    handle = appointment_handle(house.temporal, appointment_id)
    back = "http://aurora.localhost/back"
    answer = await ask(
        handle.execute_update(Appointment.pay, Pay(attempt=uuid4().hex, return_url=back, cancel_url=back))
    )
    assert answer.action_url
    await house.sandbox.pay(answer.action_url)
    settled = await ask(handle.execute_update(Appointment.settle))
    assert settled.status == "succeeded"
    return Case(case.patient, case.name, case.journey_id, appointment_id)


def programs(patient: Patient) -> Select[Program]:
    return select(Program).where(col(Program.brand_id) == patient.brand_id)


def response(patient: Patient, journey_id: UUID, facts: dict[str, Any]) -> QuestionnaireResponse:
    """A completed PHQ-9 whose one answer is `SECRET`."""
    return QuestionnaireResponse(
        organization_id=patient.organization_id,
        patient_id=patient.patient_id,
        journey_id=journey_id,
        step="phq-9",
        questionnaire_key="phq-9",
        questionnaire_version=1,
        locale="en",
        status="completed",
        answers={"/44250-9": SECRET},
        completed_at=datetime.now(UTC),
        **facts,
    )
