"""Dying between a deed's commit and telling the journey: it asks before it reminds, complains or gives up."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlmodel import col
from temporalio.client import Client
from temporalio.testing import TimeSkipper

from domain.actors import Engine, Patient
from models import Journey, JourneyEntry, Message
from tests.fixtures.house import AURORA, RunningHouse
from tests.patient.people import newcomer
from tests.room.people import come
from tests.specialist.people import Colleague, booked, new_specialist
from tests.usecases.steps import journey_at_booking, new_patient, until
from tests.usecases.test_gaps import skippable
from usecases.context import Context
from usecases.patient import forms
from usecases.patient.consents import GiveConsents, give
from usecases.patient.forms import Answers
from usecases.patient.home import BeginJourney, begin, home
from usecases.processes import journey_handle
from usecases.specialist import notes, sessions
from usecases.specialist.notes import Draft

DAY = timedelta(days=1, minutes=1)
BODY = Draft(subjective="Sleeps better.")
REQUIRED = GiveConsents(kinds=["treatment", "telehealth", "privacy"])


class Unreachable:
    """A Temporal client whose owner has died before it said anything."""

    def get_workflow_handle_for(self, run: Callable[..., Any], workflow_id: str) -> Any:
        raise OSError(f"nobody lives to tell {workflow_id}")


def dying(context: Context) -> Context:
    """As if the process ended just before it tells the journey what has been stored."""
    return replace(context, temporal=cast(Client, Unreachable()))


@dataclass(frozen=True)
class Care:
    """A patient on a journey whose time can be skipped."""

    house: RunningHouse
    skipper: TimeSkipper
    patient: Patient
    journey_id: UUID

    async def later(self, length: timedelta = DAY) -> None:
        await self.skipper.fast_forward(journey_handle(self.house.temporal, self.journey_id), length)

    async def at(self, step: str) -> bool:
        async with self.house.database.transaction(self.patient) as session:
            return (await session.get_one(Journey, self.journey_id)).step == step

    async def story(self) -> list[str]:
        told = select(col(JourneyEntry.what)).where(col(JourneyEntry.journey_id) == self.journey_id)
        async with self.house.database.transaction(self.patient) as session:
            return list(await session.scalars(told.order_by(col(JourneyEntry.version))))

    async def reminders(self) -> int:
        """How many messages went out because somebody seemed to be waited for."""
        sent = select(func.count()).where(col(Message.journey_id) == self.journey_id)
        async with self.house.database.transaction(Engine(self.patient.organization_id)) as session:
            return await session.scalar(sent) or 0

    async def fill_in(self, context: Context) -> None:
        """The first answer to every question of the form that is open."""
        form = await forms.open_form(self.house.context, self.patient, self.journey_id, "en")
        first = {question.link_id: question.options[0].code for question in form.questions if question.options}
        await forms.complete(context, self.patient, self.journey_id, Answers(answers=first), "en")


async def went_on(care: Care, step: str) -> None:
    """A day later the journey is at `step`, and nobody was reminded or told that it takes long."""
    await care.later()
    await until(lambda: care.at(step))
    assert not {"nudged", "escalated", "patience-ended"} & set(await care.story())
    assert await care.reminders() == 0


async def begun(house: RunningHouse) -> Care:
    """Somebody who has not consented to anything yet."""
    standing, skipper = skippable(house)
    patient = (await newcomer(house, AURORA)).patient
    program = (await home(standing.context, patient, "en")).programs[0]
    journey_id = await begin(standing.context, patient, BeginJourney(program_id=program.id))
    return Care(standing, skipper, patient, journey_id)


async def after_session(house: RunningHouse) -> tuple[Care, Colleague, UUID]:
    """The session is over, and the journey waits for its note."""
    standing, skipper = skippable(house)
    patient, colleague = await new_patient(house, AURORA), await new_specialist(house)
    care = Care(standing, skipper, patient, await journey_at_booking(standing, patient))
    appointment_id = await booked(standing, patient, colleague, journey_id=care.journey_id)
    await come(standing.context, patient, appointment_id)
    await sessions.admit(standing.context, colleague.specialist, appointment_id)
    await sessions.finish(standing.context, colleague.specialist, appointment_id)
    await until(lambda: care.at("note"))
    return care, colleague, appointment_id


async def signed_untold(house: RunningHouse) -> tuple[Care, Colleague, UUID]:
    care, colleague, appointment_id = await after_session(house)
    with pytest.raises(OSError, match="nobody lives"):
        await notes.sign(dying(care.house.context), colleague.specialist, appointment_id, BODY)
    assert await care.at("note")
    return care, colleague, appointment_id


async def test_a_signature_nobody_told_of_is_found(house: RunningHouse) -> None:
    care, colleague, appointment_id = await signed_untold(house)
    await went_on(care, "feedback")
    page = await notes.note_page(house.context, colleague.specialist, appointment_id, "en")
    assert [note.status for note in page.versions] == ["signed"]


async def test_whoever_reads_the_signed_note_tells_the_journey(house: RunningHouse) -> None:
    care, colleague, appointment_id = await signed_untold(house)
    await notes.note_page(house.context, colleague.specialist, appointment_id, "en")
    assert await care.at("feedback")


async def test_a_note_that_is_no_more_than_a_draft_is_waited_for(house: RunningHouse) -> None:
    care, colleague, appointment_id = await after_session(house)
    await notes.save_draft(house.context, colleague.specialist, appointment_id, BODY)
    await care.later()
    await until(lambda: nudged(care))
    assert await care.at("note")


async def test_consents_nobody_told_of_are_found(house: RunningHouse) -> None:
    care = await begun(house)
    with pytest.raises(OSError, match="nobody lives"):
        await give(dying(house.context), care.patient, REQUIRED, "en", "portal")
    assert await care.at("consent")
    await went_on(care, "phq-9")


async def test_some_of_the_consents_are_not_enough(house: RunningHouse) -> None:
    care = await begun(house)
    await give(house.context, care.patient, GiveConsents(kinds=["treatment"]), "en", "portal")
    await care.later()
    await until(lambda: nudged(care))
    assert await care.at("consent")


async def test_answers_nobody_told_of_are_found(house: RunningHouse) -> None:
    care = await begun(house)
    await give(house.context, care.patient, REQUIRED, "en", "portal")
    with pytest.raises(OSError, match="nobody lives"):
        await care.fill_in(dying(house.context))
    assert await care.at("phq-9")
    await went_on(care, "book-first")
    async with house.database.transaction(care.patient) as session:
        facts = (await session.get_one(Journey, care.journey_id)).facts
    assert (facts["triage"], facts["forms"]["phq-9"]) == ("support", {"score": 0, "band": "minimal", "flags": []})


async def test_feedback_nobody_told_of_is_found(house: RunningHouse) -> None:
    care, colleague, appointment_id = await after_session(house)
    await notes.sign(house.context, colleague.specialist, appointment_id, BODY)
    with pytest.raises(OSError, match="nobody lives"):
        await care.fill_in(dying(house.context))
    assert await care.at("feedback")
    await care.later(2 * DAY)
    await until(lambda: care.at("breather"))
    assert await care.reminders() == 0


async def nudged(care: Care) -> bool:
    return "nudged" in await care.story()
