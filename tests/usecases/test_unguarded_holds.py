"""Dying between taking a time and starting its workflow: the hold is guarded when asked for, and ends when it ends."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from domain.actors import Patient
from domain.refusals import HoldExpired, NotInThisState, SlotTaken
from tests.fixtures.house import AURORA, MARIGOLD, RunningHouse
from tests.specialist.people import PAID, Colleague, booked, new_specialist
from tests.usecases.steps import new_patient
from tests.usecases.test_gaps import appointment_row, appointment_story
from usecases.context import Context
from usecases.keyring import Keyring
from usecases.patient.appointment import appointment
from usecases.patient.appointments import appointments
from usecases.patient.booking import MoveAppointment, book, move
from usecases.patient.cancelling import CancelAppointment, cancel
from usecases.patient.free_times import slots, slots_to_move
from usecases.patient.paying import PayAppointment, pay, settle
from usecases.patient.why import own_appointment
from usecases.processes import appointment_exists
from usecases.scheduling.holding import Hold, hold
from usecases.specialist.week import week


class Dying(Keyring):
    """As if the process ended just before it starts a workflow."""

    def __init__(self) -> None:
        pass

    async def assign(self, workflow_id: str, subject_id: UUID) -> None:
        raise OSError("the process is gone")


@dataclass(frozen=True)
class Abandoned:
    """A hold whose process died, its wish, and the time after it."""

    house: RunningHouse
    patient: Patient
    colleague: Colleague
    wish: Hold
    id: UUID

    @property
    def later(self) -> Context:
        return later(self.house)

    async def story(self) -> list[str]:
        return await appointment_story(self.house, self.patient, self.id)


def later(house: RunningHouse) -> Context:
    """When every hold has run out."""
    return replace(house.context, now=lambda: house.context.now() + timedelta(hours=1))


def wish_for(colleague: Colleague, start: datetime) -> Hold:
    return Hold(specialist_id=colleague.specialist.specialist_id, appointment_type=PAID, start=start, key=uuid4().hex)


def tomorrow(house: RunningHouse) -> datetime:
    return (house.context.now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)


async def abandoned(house: RunningHouse, *organizations: str) -> Abandoned:
    patient, colleague = await new_patient(house, AURORA), await new_specialist(house, *organizations)
    wish = wish_for(colleague, tomorrow(house))
    with pytest.raises(OSError, match="gone"):
        await hold(replace(house.context, keyring=Dying()), patient, wish)
    (lost,) = await appointments(house.context, patient, "en")
    assert (lost.status, await appointment_exists(house.temporal, lost.id)) == ("held", False)
    return Abandoned(house, patient, colleague, wish, lost.id)


async def test_the_same_wish_again_is_guarded(house: RunningHouse) -> None:
    lost = await abandoned(house)
    assert await hold(house.context, lost.patient, lost.wish) == lost.id
    assert await appointment_exists(house.temporal, lost.id)


async def test_whoever_pays_while_it_lasts_has_paid(house: RunningHouse) -> None:
    lost = await abandoned(house)
    answer = await pay(house.context, lost.patient, lost.id, PayAppointment(key=uuid4().hex))
    assert answer.status == "open"
    await house.sandbox.pay(answer.action_url or "")
    assert (await settle(house.context, lost.patient, lost.id)).status == "succeeded"
    assert await lost.story() == ["held", "confirmed"]


async def test_it_can_be_given_back_while_it_lasts(house: RunningHouse) -> None:
    lost = await abandoned(house)
    await cancel(house.context, lost.patient, lost.id, CancelAppointment(key=uuid4().hex, fee=0))
    assert await lost.story() == ["held", "cancelled"]


async def test_afterwards_it_is_over_for_everybody(house: RunningHouse) -> None:
    lost = await abandoned(house)
    assert lost.wish.start not in await times(house.context, lost)
    assert lost.wish.start in await times(lost.later, lost)
    view = await appointment(lost.later, lost.patient, lost.id, "en")
    assert (view.status, view.cancellation, view.can_move) == ("released", None, False)
    reason = await own_appointment(lost.later, lost.patient, lost.id, "en")
    assert (reason.ended, reason.status, reason.owner, reason.until) == (True, "released", "", None)
    blocks = (await week(lost.later, lost.colleague.specialist, lost.wish.start.date(), "en")).blocks
    assert [block for block in blocks if block.kind == "held"] == []
    with pytest.raises(HoldExpired):
        await pay(lost.later, lost.patient, lost.id, PayAppointment(key=uuid4().hex))
    with pytest.raises(NotInThisState):
        await cancel(lost.later, lost.patient, lost.id, CancelAppointment(key=uuid4().hex, fee=0))
    assert not await appointment_exists(house.temporal, lost.id)


async def times(context: Context, lost: Abandoned) -> tuple[datetime, ...]:
    other = await new_patient(lost.house, AURORA)
    found = [await slots(context, other, lost.wish.specialist_id, PAID, week, "en") for week in (0, 1)]
    return tuple(time for each in found for time in each.times)


async def released(lost: Abandoned) -> bool:
    row = await appointment_row(lost.house, lost.patient, lost.id)
    told = await lost.story()
    return (row.status, row.waits_for, row.until, row.then, told) == ("released", "", None, "", ["held", "released"])


async def test_afterwards_anybody_takes_the_time_and_it_is_released_as_any_other(house: RunningHouse) -> None:
    lost = await abandoned(house)
    other = await new_patient(house, AURORA)
    taken = await hold(lost.later, other, wish_for(lost.colleague, lost.wish.start))
    assert (await appointment(house.context, other, taken, "en")).status == "held"
    assert await released(lost)


async def test_a_patient_of_another_organization_takes_it_too(house: RunningHouse) -> None:
    lost = await abandoned(house, "northlight", "lindenhof")
    other = await new_patient(house, MARIGOLD)
    await hold(lost.later, other, wish_for(lost.colleague, lost.wish.start))
    assert await released(lost)


async def test_what_is_offered_for_a_move_can_be_moved_to(house: RunningHouse) -> None:
    lost = await abandoned(house)
    other = await new_patient(house, AURORA)
    mine = await booked(house, other, lost.colleague, lost.wish.start + timedelta(days=3), kind=PAID)
    found = [await slots_to_move(lost.later, other, mine, week, "en") for week in (0, 1)]
    assert lost.wish.start in [time for each in found for time in each.times]
    await move(lost.later, other, mine, MoveAppointment(start=lost.wish.start, key=uuid4().hex))
    assert (await appointment_row(house, other, mine)).starts_at == lost.wish.start
    assert await released(lost)


async def test_whoever_had_it_takes_another_specialist_at_that_time(house: RunningHouse) -> None:
    lost = await abandoned(house)
    await book(lost.later, lost.patient, wish_for(await new_specialist(house), lost.wish.start))
    assert await released(lost)


async def test_the_same_wish_too_late_is_refused_and_released(house: RunningHouse) -> None:
    lost = await abandoned(house)
    for _ in range(2):
        with pytest.raises(HoldExpired):
            await hold(lost.later, lost.patient, lost.wish)
        assert await released(lost)
    assert not await appointment_exists(house.temporal, lost.id)


async def test_where_a_workflow_lives_it_alone_decides(house: RunningHouse) -> None:
    """Its clock is the engine's, where the hold goes on: a payment may be on its way."""
    patient, colleague = await new_patient(house, AURORA), await new_specialist(house)
    mine = await hold(house.context, patient, wish_for(colleague, tomorrow(house)))
    with pytest.raises(SlotTaken):
        await hold(later(house), await new_patient(house, AURORA), wish_for(colleague, tomorrow(house)))
    assert (await appointment_row(house, patient, mine)).status == "held"
