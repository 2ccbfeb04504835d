"""What functions with the owner's rights tell of tables that whoever asks may not read."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.actors import Engine, Patient
from models import Note, QuestionnaireResponse
from tests.fixtures.house import AURORA, MARIGOLD, RunningHouse
from tests.models.test_walls import count
from tests.specialist.people import Colleague, booked, new_specialist
from tests.usecases.steps import new_patient


async def test_only_the_engine_is_told_of_notes_and_scores_and_nothing_of_others(house: RunningHouse) -> None:
    """It reads neither notes nor answers itself."""
    patient, colleague = await new_patient(house, AURORA), await new_specialist(house)
    appointment_id = await booked(house, patient, colleague)
    response = uuid4()
    async with house.database.transaction(colleague.specialist) as session:
        session.add(signed_note(colleague, patient, appointment_id))
    async with house.database.transaction(patient) as session:
        session.add(completed_form(patient, response))
    elsewhere = (await new_patient(house, MARIGOLD)).organization_id
    told = {Engine(patient.organization_id): (True, 7), Engine(elsewhere): (False, None), patient: (False, None)}
    for actor, expected in told.items():
        async with house.database.transaction(actor) as session:
            signed = await session.scalar(text("select security.note_signed(:id)"), {"id": appointment_id})
            score = await session.scalar(text("select score from security.form_result(:id)"), {"id": response})
        assert (signed, score) == expected, actor
    for table in ("note", "questionnaire_response"):
        with pytest.raises(DBAPIError, match="permission denied"):
            await count(house, Engine(patient.organization_id), table)


def signed_note(colleague: Colleague, patient: Patient, appointment_id: UUID) -> Note:
    return Note(
        organization_id=patient.organization_id,
        appointment_id=appointment_id,
        patient_id=patient.patient_id,
        specialist_id=colleague.specialist.specialist_id,
        status="signed",
        body={"text": "Sleeps better."},
    )


def completed_form(patient: Patient, response: UUID) -> QuestionnaireResponse:
    return QuestionnaireResponse(
        id=response,
        organization_id=patient.organization_id,
        patient_id=patient.patient_id,
        questionnaire_key="phq-9",
        questionnaire_version=1,
        locale="en",
        status="completed",
        score=7,
    )
