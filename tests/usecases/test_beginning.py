"""A patient is on one journey at a time, whatever is begun at one moment and wherever somebody dies."""

import asyncio
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlmodel import col
from temporalio.client import WorkflowExecutionStatus

from domain.actors import House, Patient
from domain.refusals import AlreadyOnJourney
from models import Brand, Journey, Program
from tests.fixtures.house import MARIGOLD, RunningHouse
from tests.patient.people import app_of, newcomer, signed_in
from tests.usecases.test_gaps import dying
from usecases.patient.home import BeginJourney, begin, home
from usecases.processes import journey_handle


async def two_programs(house: RunningHouse) -> tuple[str, BeginJourney, BeginJourney]:
    """The host of a brand of this test only, and the beginnings of its two programs."""
    async with house.database.transaction(House()) as session:
        known = (await session.scalars(select(Brand).where(col(Brand.host) == MARIGOLD))).one()
        offered = (await session.scalars(select(Program).where(col(Program.brand_id) == known.id))).one()
        key = f"twofold-{uuid4().hex[:8]}"
        unlike = {"key": key, "host": f"{key}.localhost", "id": uuid4()}
        brand = Brand(**(known.model_dump() | unlike))
        session.add(brand)
        await session.flush()
        same = offered.model_dump(exclude={"id", "brand_id", "key"})
        programs = [Program(**same, brand_id=brand.id, key=name) for name in ("here", "there")]
        session.add_all(programs)
    here, there = (BeginJourney(program_id=program.id) for program in programs)
    return brand.host, here, there


async def journeys(house: RunningHouse, patient: Patient) -> list[tuple[UUID, UUID | None]]:
    """(journey, program) of all the patient's."""
    async with house.database.transaction(patient) as session:
        rows = await session.scalars(select(Journey).where(col(Journey.patient_id) == patient.patient_id))
        return [(row.id, row.program_id) for row in rows]


async def test_two_programs_at_one_moment_are_one_journey_and_a_refusal(house: RunningHouse) -> None:
    host, here, there = await two_programs(house)
    for _ in range(5):
        patient = (await newcomer(house, host)).patient
        wishes = [begin(house.context, patient, wish) for wish in (here, there, here, there)]
        answers = await asyncio.gather(*wishes, return_exceptions=True)
        ((journey_id, program_id),) = await journeys(house, patient)
        won = here.program_id == program_id
        expected = [journey_id if wins else AlreadyOnJourney for wins in (won, not won, won, not won)]
        assert [answer if isinstance(answer, UUID) else type(answer) for answer in answers] == expected
        described = await journey_handle(house.temporal, journey_id).describe()
        assert described.status == WorkflowExecutionStatus.RUNNING


async def test_whoever_died_while_beginning_is_on_that_journey(house: RunningHouse) -> None:
    host, here, there = await two_programs(house)
    patient = (await newcomer(house, host)).patient
    with pytest.raises(OSError, match="away"):
        await begin(dying(house.context), patient, here)
    assert await journeys(house, patient) == []
    with pytest.raises(AlreadyOnJourney):
        await begin(house.context, patient, there)
    ((journey_id, program_id),) = await journeys(house, patient)
    assert (await begin(house.context, patient, here), here.program_id) == (journey_id, program_id)


async def test_another_program_is_refused_with_the_way_on(house: RunningHouse) -> None:
    host, here, there = await two_programs(house)
    who = await newcomer(house, host)
    async with signed_in(house, who) as visitor:
        await visitor.get("/")
        assert (await visitor.post("/journeys", program_id=str(here.program_id))).status_code == 303
        refused = await visitor.post("/journeys", program_id=str(there.program_id))
        assert refused.status_code == 409
        assert 'id="next"' in refused.text
    async with app_of(house, who) as app:
        again = await app.post("journeys", json={"program_id": str(here.program_id)})
        english = {"accept-language": "en"}
        other = await app.post("journeys", json={"program_id": str(there.program_id)}, headers=english)
    ((journey_id, program_id),) = await journeys(house, who.patient)
    assert (again.status_code, again.json()["id"], program_id) == (201, str(journey_id), here.program_id)
    assert (other.status_code, other.json()["title"]) == (409, AlreadyOnJourney.title)
    view = await home(house.context, who.patient, "en")
    assert (view.journey is not None, view.programs) == (True, ())
