"""An engagement that has ended: nothing new of the organization's patients is read; one's own notes are."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlmodel import SQLModel, col

from domain.actors import House, Patient
from domain.refusals import InvalidInput
from models import Consent, Engagement, Journey, JourneyEntry, QuestionnaireResponse, SharedDocument
from tests.fixtures.house import AURORA, RunningHouse
from tests.patient.people import newcomer
from tests.patient.test_documents import letter, opens
from tests.patient.test_session import at_session
from tests.specialist.people import Colleague, new_specialist
from usecases.listing import ListQuery
from usecases.patient import documents
from usecases.specialist.brief import brief
from usecases.specialist.caseload import caseload, patient_history
from usecases.specialist.notes import Draft, note_page, save_draft

SHOWN: tuple[type[SQLModel], ...] = (Consent, Journey, JourneyEntry, QuestionnaireResponse, SharedDocument)


async def ended(house: RunningHouse, colleague: Colleague, days_ago: int, status: str = "active") -> None:
    last_day = (house.context.now() - timedelta(days=days_ago)).date()
    mine = col(Engagement.specialist_id) == colleague.specialist.specialist_id
    async with house.database.transaction(House()) as session:
        await session.execute(update(Engagement).where(mine).values(status=status, effective_until=last_day))


async def seen(house: RunningHouse, colleague: Colleague, patient: Patient) -> list[bool]:
    """By queries that forget every filter but the patient."""
    async with house.database.transaction(colleague.specialist) as session:
        counts = [select(func.count()).where(table.patient_id == patient.patient_id) for table in SHOWN]  # type: ignore[attr-defined]
        return [bool(await session.scalar(count)) for count in counts]


async def treated(house: RunningHouse) -> tuple[Patient, Colleague, UUID, UUID]:
    """(…, appointment, document), with a form answered and a note begun."""
    who, colleague = await newcomer(house, AURORA), await new_specialist(house)
    _, appointment_id = await at_session(house, who, colleague)
    document_id = await documents.share(house.context, who.patient, letter())
    await save_draft(house.context, colleague.specialist, appointment_id, Draft(text="As agreed."))
    return who.patient, colleague, appointment_id, document_id


@pytest.mark.parametrize(
    ("days_ago", "status", "open_"), [(0, "active", True), (2, "active", False), (-9, "ended", False)]
)
async def test_what_patients_do_is_shown_until_the_last_day(
    house: RunningHouse, days_ago: int, status: str, open_: bool
) -> None:
    patient, colleague, _, document_id = await treated(house)
    await ended(house, colleague, days_ago, status)
    assert await seen(house, colleague, patient) == [open_] * len(SHOWN)
    assert await opens(house, colleague, document_id, timedelta()) is open_
    history = await patient_history(house.context, colleague.specialist, patient.patient_id, "en")
    assert [bool(each) for each in (history.documents, history.forms, history.journeys)] == [open_] * 3


async def test_their_own_notes_stay_readable(house: RunningHouse) -> None:
    patient, colleague, appointment_id, _ = await treated(house)
    await ended(house, colleague, 2)
    page = await note_page(house.context, colleague.specialist, appointment_id, "en")
    assert [version.body["text"] for version in page.versions] == ["As agreed."]
    shown = await brief(house.context, colleague.specialist, appointment_id, "en")
    assert (shown.notes, shown.forms, shown.journey) == (page.versions, (), None)
    rows = (await caseload(house.context, colleague.specialist, ListQuery())).rows
    assert [row.patient_id for row in rows] == [patient.patient_id]


async def test_nothing_is_shared_with_them_alone_any_more(house: RunningHouse) -> None:
    patient, colleague, _, _ = await treated(house)
    await ended(house, colleague, 2)
    assert (await documents.documents(house.context, patient)).specialists == ()
    with pytest.raises(InvalidInput):
        await documents.share(house.context, patient, letter(specialist_id=colleague.specialist.specialist_id))
    assert len((await documents.documents(house.context, patient)).documents) == 1
