"""Before patience reminds, tells or ends, a journey asks whether it has been done and only nobody told it."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from domain.journeys.state import ConsentsGiven, Event, FormCompleted
from tests.domain.test_journeys import CONSENTS, changed, phq9
from tests.workflows.conftest import Clinic
from tests.workflows.fakes import FakeSteps
from tests.workflows.test_branches import SIGNED, TO_BOOKING, TO_SESSION, live
from workflows.commands import Act
from workflows.patient_journey import PatientJourney

TO_NOTE: Sequence[Event] = (*TO_SESSION, changed("completed"))
TOO_FEW = ConsentsGiven(kinds=("treatment",))


@pytest.mark.parametrize(
    ("events", "at", "days", "done", "then"),
    [
        ((), "consent", 1, CONSENTS, "phq-9"),
        ((CONSENTS,), "phq-9", 1, phq9(5), "book-first"),
        (TO_NOTE, "note", 1, SIGNED, "feedback"),
        ((*TO_NOTE, SIGNED), "feedback", 2, FormCompleted(form="session-feedback"), "breather"),
    ],
    ids=["consent", "form", "note", "survey"],
)
async def test_what_was_done_untold_is_found(
    clinic: Clinic, steps: FakeSteps, events: Sequence[Event], at: str, days: int, done: Event, then: str
) -> None:
    handle = await clinic.journey()
    await live(clinic, handle, events)
    steps.deeds.append(Act(event=done))
    await clinic.sleep(timedelta(days=days, minutes=1))
    assert [asked.step for asked in steps.asked] == [at]
    assert (await handle.query(PatientJourney.state)).step == then
    assert steps.templates == []
    await handle.terminate()


async def test_what_is_found_does_not_have_to_be_enough(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.journey()
    steps.deeds.append(Act(event=TOO_FEW))
    await clinic.sleep(timedelta(days=1, minutes=1))
    assert [asked.kind for asked in steps.asked] == ["consent"]
    assert (await handle.query(PatientJourney.state)).step == "consent"
    assert steps.templates == ["nudge"]
    await handle.terminate()


async def test_nothing_is_looked_for_where_it_is_told_for_sure(clinic: Clinic, steps: FakeSteps) -> None:
    handle = await clinic.journey()
    await live(clinic, handle, TO_BOOKING)
    await clinic.sleep(timedelta(days=22))
    assert await handle.result() == "gone-quiet"
    assert steps.asked == []
