"""The same key with another content is never answered as if that had been done."""

from datetime import timedelta
from uuid import uuid4

import pytest

from domain.refusals import NotInThisState
from tests.fixtures.house import AURORA, RunningHouse
from tests.patient import way
from tests.patient.people import app_of, hidden, newcomer, signed_in
from tests.specialist.people import FREE, PAID, booked, new_specialist
from tests.usecases.steps import new_patient
from tests.usecases.test_booking import intents_of, row_of
from tests.usecases.test_unguarded_holds import tomorrow, wish_for
from usecases.patient.booking import MoveAppointment, book, move
from usecases.scheduling.holding import hold


async def test_a_hold(house: RunningHouse) -> None:
    patient, colleague = await new_patient(house, AURORA), await new_specialist(house)
    wish = wish_for(colleague, tomorrow(house))
    mine = await book(house.context, patient, wish)
    others = (
        {"start": wish.start + timedelta(hours=3)},
        {"specialist_id": (await new_specialist(house)).specialist.specialist_id},
        {"appointment_type": FREE},
    )
    for other in others:
        with pytest.raises(NotInThisState):
            await book(house.context, patient, wish.model_copy(update=other))
    assert await book(house.context, patient, wish) == mine
    row = await row_of(house, patient, mine)
    assert (row.status, row.starts_at) == ("held", wish.start)


async def test_a_hold_that_was_moved_since(house: RunningHouse) -> None:
    patient, colleague = await new_patient(house, AURORA), await new_specialist(house)
    wish = wish_for(colleague, tomorrow(house) + timedelta(days=3)).model_copy(update={"appointment_type": FREE})
    mine = await hold(house.context, patient, wish)
    moved = MoveAppointment(start=wish.start + timedelta(days=1), key=uuid4().hex)
    await move(house.context, patient, mine, moved)
    assert await hold(house.context, patient, wish) == mine
    assert (await row_of(house, patient, mine)).starts_at == moved.start


async def test_a_move(house: RunningHouse) -> None:
    patient, colleague = await new_patient(house, AURORA), await new_specialist(house)
    mine = await booked(house, patient, colleague, tomorrow(house) + timedelta(days=3), kind=PAID)
    first = MoveAppointment(start=tomorrow(house) + timedelta(days=4), key=uuid4().hex)
    await move(house.context, patient, mine, first)
    with pytest.raises(NotInThisState):
        await move(house.context, patient, mine, first.model_copy(update={"start": first.start + timedelta(hours=5)}))
    await move(house.context, patient, mine, first)
    row = await row_of(house, patient, mine)
    assert (row.starts_at, row.moves) == (first.start, 1)


async def test_a_payment(house: RunningHouse) -> None:
    """Back from the vendor's page, and from the same form with a saved card: nothing is charged to that."""
    who, colleague = await newcomer(house, AURORA), await new_specialist(house)
    async with signed_in(house, who) as visitor, app_of(house, who) as app:
        await way.booked(house, visitor)
        (card,) = (await app.get("cards")).json()
        mine = await hold(house.context, who.patient, wish_for(colleague, tomorrow(house)))
        here = f"/appointments/{mine}/pay"
        key = hidden(await visitor.get(here), "key")
        opened = await visitor.post(here, key=key, payment_method="new")
        refused = await visitor.post(here, key=key, payment_method=card["payment_method"])
        assert (refused.status_code, NotInThisState.title in refused.text) == (409, True)
        again = {"key": key, "payment_method": card["payment_method"]}
        assert (await app.post(f"appointments/{mine}/pay", json=again)).status_code == 409
        assert (await visitor.post(here, key=key, payment_method="new")).headers["location"] == opened.headers[
            "location"
        ]
        (intent,) = await intents_of(house, who.patient, mine)
        assert (intent.status, intent.payment_method) == ("pending", "")
        anew = await visitor.post(here, key=hidden(refused, "key"), payment_method=card["payment_method"])
        assert anew.headers["location"] == f"/appointments/{mine}"
    assert [row.status for row in await intents_of(house, who.patient, mine)] == ["canceled", "succeeded"]
