"""Paying when the session has begun by the engine's clock: nobody is told to come, and everything goes back."""

from datetime import timedelta

from temporalio.testing import TimeSkipper

from models import Appointment, LedgerIntent
from tests.fixtures.house import AURORA, RunningHouse
from tests.patient import way
from tests.patient.people import Newcomer, app_of, hidden, newcomer, rows_of, signed_in
from tests.specialist.people import new_specialist, soon
from tests.usecases.steps import until
from tests.usecases.test_unguarded_holds import wish_for
from usecases.processes import appointment_handle
from usecases.scheduling.holding import hold


async def test_who_pays_after_the_start_is_not_told_to_come(house: RunningHouse) -> None:
    who, colleague = await newcomer(house, AURORA), await new_specialist(house)
    async with signed_in(house, who) as visitor, app_of(house, who) as app:
        await way.booked(house, visitor)
        (card,) = (await app.get("cards")).json()
        late = await hold(house.context, who.patient, wish_for(colleague, soon(house)))
        await TimeSkipper(house.temporal).fast_forward(appointment_handle(house.temporal, late), timedelta(minutes=6))
        page = await visitor.get(f"/appointments/{late}/pay")
        sent = await visitor.post(
            f"/appointments/{late}/pay", key=hidden(page, "key"), payment_method=card["payment_method"]
        )
        told = await visitor.follow(sent)
    assert told.url.path == f"/appointments/{late}"
    assert "We had to cancel it, and are sorry. It costs you nothing." in told.text
    assert "Your appointment is booked." not in told.text
    (row,) = [row for row in await rows_of(house, who, Appointment) if row.id == late]
    assert (row.status, row.cancelled_by, row.absent, row.fee) == ("cancelled", "organization", "", 0)
    await until(lambda: is_given_back(house, who, row))


async def is_given_back(house: RunningHouse, who: Newcomer, row: Appointment) -> bool:
    moved = [each for each in await rows_of(house, who, LedgerIntent) if each.appointment_id == row.id]
    refunded = [each.amount for each in moved if (each.kind, each.status) == ("refund", "succeeded")]
    return refunded == [row.amount]
