"""A hold that is over: what the patient reads of their money is true."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import update
from sqlmodel import col

from domain.actors import Engine
from domain.refusals import HoldExpired
from models import Appointment, LedgerIntent
from tests.fixtures.house import AURORA, RunningHouse
from tests.patient import way
from tests.patient.people import app_of, newcomer, rows_of, signed_in


async def test_a_hold_that_ended_says_so_and_charges_nothing(house: RunningHouse) -> None:
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor:
        await way.to_booking(visitor)
        page = await way.hold(visitor)
        async with house.database.transaction(Engine(who.patient.organization_id)) as session:
            mine = col(Appointment.patient_id) == who.patient.patient_id
            ended = house.context.now() - timedelta(seconds=1)
            await session.execute(update(Appointment).where(mine).values(status="released", hold_until=ended))
        over = await visitor.get(page.url.path)
    assert over.status_code == 410
    assert HoldExpired.title in over.text
    assert await rows_of(house, who, LedgerIntent) == []


async def test_a_hold_that_ended_while_the_vendor_is_silent_claims_nothing(house: RunningHouse) -> None:
    """It may have been paid in its last second; what the vendor says then, the appointment follows."""
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor, app_of(house, who) as app:
        await way.to_booking(visitor)
        page = (await way.hold(visitor)).url.path
        here = page.removesuffix("/pay")
        asked = await visitor.post(page, key=uuid4().hex, payment_method="new")
        assert asked.status_code == 303
        (held,) = await rows_of(house, who, Appointment)
        async with ends_at(house, held, house.context.now()):
            for path in (page, here):
                shown = (await visitor.get(path)).text
                assert ("We do not know yet" in shown, "Nothing was charged" in shown) == (True, False), path
            assert (await app.get(here[1:])).json()["undecided"] is True
    assert [intent.status for intent in await rows_of(house, who, LedgerIntent)] == ["pending"]


@asynccontextmanager
async def ends_at(house: RunningHouse, held: Appointment, moment: datetime) -> AsyncIterator[None]:
    """As the database has it; its workflow still asks the vendor."""
    try:
        await _set_hold(house, held, moment)
        yield
    finally:
        await _set_hold(house, held, held.hold_until)


async def _set_hold(house: RunningHouse, held: Appointment, until: datetime) -> None:
    mine = update(Appointment).where(col(Appointment.id) == held.id)
    async with house.database.transaction(Engine(held.organization_id)) as session:
        await session.execute(mine.values(hold_until=until))
