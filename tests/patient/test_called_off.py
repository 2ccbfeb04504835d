"""What our side cancels stands on the start page: what becomes of the money, and the way to another time."""

from datetime import timedelta
from uuid import UUID

import pytest
from playwright.async_api import Browser
from sqlalchemy import update
from sqlmodel import col

from domain.actors import Engine
from domain.money import Money
from models import Appointment, LedgerIntent
from tests.fixtures.browser import faults
from tests.fixtures.house import AURORA, MARIGOLD, SANA, RunningHouse
from tests.patient import way
from tests.patient.browsing import address, browsing
from tests.patient.people import Newcomer, newcomer, rows_of, signed_in
from tests.specialist.people import booked, new_specialist, soon
from tests.usecases.steps import until
from usecases.patient.home import HomeView, home
from usecases.processes import appointment_handle, ask
from workflows.appointment import Appointment as AppointmentWorkflow
from workflows.commands import Cancel


async def called_off_by(house: RunningHouse, appointment_id: UUID, by: str) -> None:
    handle = appointment_handle(house.temporal, appointment_id)
    await ask(handle.execute_update(AppointmentWorkflow.cancel, Cancel.model_validate({"by": by})))
    await handle.result()


async def ready(house: RunningHouse) -> Newcomer:
    """Has consented, and is on no journey."""
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor:
        await way.consent(visitor)
    return who


async def home_of(house: RunningHouse, who: Newcomer) -> HomeView:
    return await home(house.context, who.patient, "en")


@pytest.mark.parametrize("by", ["specialist", "organization"])
async def test_what_our_side_cancels_is_said_until_they_have_booked_again(house: RunningHouse, by: str) -> None:
    who = await newcomer(house, AURORA)
    async with signed_in(house, who) as visitor:
        here = await way.booked(house, visitor, place=6)
        assert 'id="called-off"' not in (await visitor.get("/")).text
        appointment_id = UUID(here.rsplit("/", 1)[1])
        await called_off_by(house, appointment_id, by)

        async def is_paid_back() -> bool:
            return {row.kind for row in await rows_of(house, who, LedgerIntent) if row.status == "succeeded"} == {
                "charge",
                "refund",
            }

        await until(is_paid_back)
        (off,) = (await home_of(house, who)).called_off
        assert (off.id, off.cancelled_by, off.refunded) == (appointment_id, by, off.price)
        page = (await visitor.get("/")).text
        card = page.split('id="called-off"')[1].split("</section>")[0]
        assert "We had to cancel" in card
        assert "has been paid back" in card
        assert f'href="{here}"' in card
        assert f'href="/specialists?type={off.type_key}"' in card
        assert page.index('id="called-off"') < page.index('id="next"')
        await way.hold(visitor, place=7)
        assert (await home_of(house, who)).called_off == ()
        assert 'id="called-off"' not in (await visitor.get("/")).text


async def test_what_they_had_booked_beside_it_before_does_not_replace_it(house: RunningHouse) -> None:
    who, colleague = await ready(house), await new_specialist(house)
    off = await booked(house, who.patient, colleague)
    await booked(house, who.patient, await new_specialist(house), soon(house, 300))
    await called_off_by(house, off, "specialist")
    view = await home_of(house, who)
    assert ([each.id for each in view.called_off], len(view.upcoming)) == ([off], 1)
    assert view.called_off[0].refunded == Money(0, view.called_off[0].price.currency)


async def test_what_they_cancel_themselves_is_no_news_to_them(house: RunningHouse) -> None:
    who, colleague = await ready(house), await new_specialist(house)
    await called_off_by(house, await booked(house, who.patient, colleague), "patient")
    assert (await home_of(house, who)).called_off == ()


async def test_it_is_over_when_its_time_has_passed(house: RunningHouse) -> None:
    who, colleague = await ready(house), await new_specialist(house)
    off = await booked(house, who.patient, colleague)
    await called_off_by(house, off, "organization")
    assert len((await home_of(house, who)).called_off) == 1
    ended = house.context.now() - timedelta(seconds=1)
    async with house.database.transaction(Engine(who.patient.organization_id)) as session:
        mine = update(Appointment).where(col(Appointment.id) == off)
        await session.execute(mine.values(starts_at=ended - timedelta(hours=1), ends_at=ended))
    assert (await home_of(house, who)).called_off == ()


@pytest.mark.parametrize(
    ("host", "lang", "word"), [(MARIGOLD, "de", "absagen"), (SANA, "ar", "الإلغاء"), (AURORA, "en", "cancel")]
)
async def test_it_is_read_by_everybody(house: RunningHouse, browser: Browser, host: str, lang: str, word: str) -> None:
    who = await newcomer(house, host)
    async with signed_in(house, who) as visitor:
        here = await way.booked(house, visitor, place=9)
    await called_off_by(house, UUID(here.rsplit("/", 1)[1]), "specialist")
    async with browsing(house, browser, who, lang) as page:
        await page.goto(address(house, who))
        assert word in await page.locator("#called-off h2").inner_text()
        assert await faults(page) == []
