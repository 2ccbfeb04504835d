"""Hours change what is offered, never what is booked."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from domain.appointments.state import Status
from domain.refusals import InvalidInput, NotFound, SlotNotOffered
from domain.scheduling.interval import Interval
from tests.fixtures.house import AURORA, MARIGOLD, RunningHouse
from tests.specialist.people import Colleague, booked, has_status, new_specialist, soon
from tests.usecases.steps import new_patient
from usecases.specialist import hours
from usecases.specialist.conflicts import booked_outside
from usecases.specialist.hours import AddException, HoursOverlap, PutHours
from usecases.specialist.week import WeekPage, pieces, week

BERLIN = ZoneInfo("Europe/Berlin")


async def put(house: RunningHouse, who: Colleague, start: str, end: str, **more: object) -> UUID:
    wanted = PutHours.model_validate({"day": 2, "start": start, "end": end, **more})
    return await hours.put_hours(house.context, who.specialist, wanted)


async def of_week(house: RunningHouse, who: Colleague, day: date | None = None) -> WeekPage:
    return await week(house.context, who.specialist, day, "en")


def span(page: WeekPage) -> set[tuple[int, int, int, str]]:
    return {(block.day, block.start, block.end, block.kind) for block in page.blocks}


async def off(
    house: RunningHouse, who: Colleague, start: datetime, length: timedelta, kind: str = "closed", **more: str
) -> UUID:
    fields = {"kind": kind, "starts": start, "ends": start + length, "key": uuid4().hex, **more}
    return await hours.add_exception(house.context, who.specialist, AddException.model_validate(fields))


async def test_hours_are_added_moved_and_removed(house: RunningHouse) -> None:
    me = await new_specialist(house, hours=False)
    first = await put(house, me, "09:00", "12:00", kind="intake", key="one-wish-1")
    assert await put(house, me, "09:00", "12:00", kind="intake", key="one-wish-1") == first
    lunch = await put(house, me, "10:00", "10:30", kind="break")
    await put(house, me, "20:00", "00:00", day=4)
    assert span(await of_week(house, me)) == {(2, 540, 720, "intake"), (2, 600, 630, "break"), (4, 1200, 1440, "any")}
    assert await put(house, me, "13:00", "15:00", id=first, kind="follow-up", day=3) == first
    await hours.remove_hours(house.context, me.specialist, lunch)
    assert span(await of_week(house, me)) == {(3, 780, 900, "follow-up"), (4, 1200, 1440, "any")}


@pytest.mark.parametrize(("start", "end"), [("12:00", "09:00"), ("09:00", "09:00")])
async def test_an_end_before_its_start_is_refused(house: RunningHouse, start: str, end: str) -> None:
    me = await new_specialist(house, hours=False)
    with pytest.raises(InvalidInput) as refused:
        await put(house, me, start, end)
    assert refused.value.errors.keys() == {"end"}
    assert (await of_week(house, me)).blocks == ()


async def test_hours_for_one_organization_are_offered_by_it_alone(house: RunningHouse) -> None:
    me = await new_specialist(house, "northlight", "lindenhof", zone="UTC", hours=False)
    northlight = next(each for each in (await of_week(house, me)).organizations if each.name == "Northlight Health")
    start = datetime.combine(house.context.now().date() + timedelta(days=2), time(10), UTC)
    whole_day, day = ("00:00", "24:00"), start.weekday()
    theirs = await put(house, me, *whole_day, day=day, offered_to=str(northlight.id))
    with pytest.raises(SlotNotOffered):
        await booked(house, await new_patient(house, MARIGOLD), me, start)
    await booked(house, await new_patient(house, AURORA), me, start)
    assert (await of_week(house, me)).conflicts == ()
    later = start + timedelta(hours=1)
    await put(house, me, *whole_day, day=day, id=theirs, kind="any")
    with pytest.raises(SlotNotOffered):
        await booked(house, await new_patient(house, MARIGOLD), me, later)
    await put(house, me, *whole_day, day=day, id=theirs, offered_to="all")
    await booked(house, await new_patient(house, MARIGOLD), me, later)


async def test_extra_hours_for_one_organization_are_offered_by_it_alone(house: RunningHouse) -> None:
    me = await new_specialist(house, "northlight", "lindenhof", zone="UTC", hours=False)
    northlight = next(each for each in (await of_week(house, me)).organizations if each.name == "Northlight Health")
    start = datetime.combine(house.context.now().date() + timedelta(days=2), time(10), UTC)
    await off(house, me, start, timedelta(hours=2), "extra", offered_to=str(northlight.id))
    with pytest.raises(SlotNotOffered):
        await booked(house, await new_patient(house, MARIGOLD), me, start)
    await booked(house, await new_patient(house, AURORA), me, start)
    page = await of_week(house, me, start.date())
    assert page.conflicts == ()
    [line] = page.exceptions
    assert (line.organization, line.slot_class) == ("Northlight Health", "any")
    assert {block.organization for block in page.blocks if block.kind == "extra"} == {"Northlight Health"}


async def test_extra_hours_are_for_nobody_else_s_organization(house: RunningHouse) -> None:
    me, other = await new_specialist(house, hours=False), await new_specialist(house, "lindenhof")
    (strange,) = (await of_week(house, other)).organizations
    with pytest.raises(InvalidInput) as refused:
        await off(house, me, soon(house), timedelta(hours=2), "extra", offered_to=str(strange.id))
    assert refused.value.errors.keys() == {"offered_to"}
    assert (await of_week(house, me)).exceptions == ()


async def test_time_off_is_off_for_everybody(house: RunningHouse) -> None:
    me = await new_specialist(house, "northlight", "lindenhof")
    northlight = (await of_week(house, me)).organizations[0]
    more = {"offered_to": str(northlight.id), "slot_class": "intake"}
    await off(house, me, soon(house), timedelta(days=1), **more)
    [line] = (await of_week(house, me)).exceptions
    assert (line.organization, line.slot_class) == ("", "any")


async def test_hours_are_for_nobody_else_s_organization(house: RunningHouse) -> None:
    me, other = await new_specialist(house, hours=False), await new_specialist(house, "lindenhof")
    (strange,) = (await of_week(house, other)).organizations
    with pytest.raises(InvalidInput) as refused:
        await put(house, me, "09:00", "12:00", offered_to=str(strange.id))
    assert refused.value.errors.keys() == {"offered_to"}
    page = await of_week(house, me)
    assert page.blocks == ()
    assert len(page.organizations) == 1


async def test_hours_do_not_overlap_even_in_a_race(house: RunningHouse) -> None:
    me = await new_specialist(house, hours=False)
    tries = [put(house, me, f"{8 + i // 4:02d}:{i % 4 * 15:02d}", "12:00") for i in range(8)]
    ends = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(end, UUID) for end in ends) == 1
    assert sum(isinstance(end, HoursOverlap) for end in ends) == 7
    assert len((await of_week(house, me)).blocks) == 1


async def test_somebody_elses_hours_are_not_there(house: RunningHouse) -> None:
    me, stranger = await new_specialist(house, hours=False), await new_specialist(house, hours=False)
    mine = await put(house, me, "09:00", "12:00")
    away = await off(house, me, soon(house), timedelta(days=1))
    with pytest.raises(NotFound):
        await put(house, stranger, "13:00", "14:00", id=mine)
    for gone in (mine, uuid4()):
        with pytest.raises(NotFound):
            await hours.remove_hours(house.context, stranger.specialist, gone)
    with pytest.raises(NotFound):
        await hours.remove_exception(house.context, stranger.specialist, away)
    page = await of_week(house, me)
    assert (2, 540, 720, "any") in span(page)
    assert len(page.exceptions) == 1


async def test_time_off_keeps_what_is_booked_and_says_so(house: RunningHouse) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    start = soon(house) + timedelta(days=2)
    appointment_id = await booked(house, patient, me, start)
    assert await booked_outside(house.context, me.specialist, "en") == ()
    away = await off(house, me, start - timedelta(hours=1), timedelta(hours=8))
    outside = await booked_outside(house.context, me.specialist, "en")
    assert [item.appointment_id for item in outside] == [appointment_id]
    assert await has_status(house, patient, appointment_id, Status.CONFIRMED)
    with pytest.raises(SlotNotOffered):
        await booked(house, patient, me, start + timedelta(hours=2))
    await hours.remove_exception(house.context, me.specialist, away)
    assert await booked_outside(house.context, me.specialist, "en") == ()


async def test_removed_hours_list_what_lies_outside_now(house: RunningHouse) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house)
    start = soon(house) + timedelta(days=3)
    await booked(house, patient, me, start)
    page = await of_week(house, me, start.date())
    day = next(block for block in page.blocks if block.kind == "any" and block.day == start.weekday())
    await hours.remove_hours(house.context, me.specialist, day.id)
    assert len((await of_week(house, me)).conflicts) == 1


async def test_extra_hours_are_offered(house: RunningHouse) -> None:
    patient, me = await new_patient(house, AURORA), await new_specialist(house, hours=False)
    start = soon(house) + timedelta(hours=4)
    with pytest.raises(SlotNotOffered):
        await booked(house, patient, me, start)
    await off(house, me, start, timedelta(hours=1), "extra")
    await booked(house, patient, me, start)


async def test_exceptions_are_checked_and_the_same_wish_is_one(house: RunningHouse) -> None:
    me, start = await new_specialist(house), soon(house)
    for length, ago in ((timedelta(hours=-1), 0), (timedelta(days=400), 0), (timedelta(hours=1), 2)):
        with pytest.raises(InvalidInput):
            await off(house, me, start - timedelta(days=ago), length)
    fields = {"kind": "closed", "starts": start, "ends": start + timedelta(hours=3), "key": uuid4().hex}
    wish = AddException.model_validate(fields)
    first = await hours.add_exception(house.context, me.specialist, wish)
    assert await hours.add_exception(house.context, me.specialist, wish) == first
    with pytest.raises(HoursOverlap):
        await off(house, me, start + timedelta(hours=2), timedelta(hours=2))
    assert len((await of_week(house, me)).exceptions) == 1


async def test_a_time_without_offset_is_on_the_specialists_clock(house: RunningHouse) -> None:
    me = await new_specialist(house, zone="Europe/Berlin")
    await off(house, me, datetime.fromisoformat("2027-07-01T09:00"), timedelta(hours=2))
    [line] = (await of_week(house, me)).exceptions
    assert line.starts_at == datetime(2027, 7, 1, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(("day", "shift"), [(date(2027, 3, 28), 60), (date(2027, 10, 31), -60), (date(2027, 6, 6), 0)])
async def test_a_week_says_when_clocks_change(house: RunningHouse, day: date, shift: int) -> None:
    me = await new_specialist(house, zone="Europe/Berlin")
    page = await of_week(house, me, day)
    assert [each.shift for each in page.days] == [0, 0, 0, 0, 0, 0, shift]
    assert page.days[6].date == day


def test_a_span_over_midnight_and_a_change_of_clocks_is_drawn_by_the_wall() -> None:
    night = Interval(datetime(2027, 3, 27, 22, 30, tzinfo=UTC), datetime(2027, 3, 28, 1, 30, tzinfo=UTC))
    assert list(pieces(night, date(2027, 3, 22), BERLIN)) == [(5, 1410, 1440), (6, 0, 210)]
    week_off = Interval(datetime(2027, 3, 20, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))
    assert list(pieces(week_off, date(2027, 3, 22), BERLIN)) == [(day, 0, 1440) for day in range(7)]
