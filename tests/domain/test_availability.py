"""Working time across zones and DST; every offered slot can be booked."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.scheduling.availability import Availability, ExtraHours, SlotClass, WeeklyHours, wall, working_time
from domain.scheduling.interval import Interval, subtract, union
from domain.scheduling.slots import BookingRule, is_offered, offered_slots

BERLIN, NEW_YORK, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")
HOUR = timedelta(hours=1)


def span(start: str, end: str) -> Interval:
    return Interval(datetime.fromisoformat(start), datetime.fromisoformat(end))


@pytest.mark.parametrize(
    ("day", "minute", "zone", "moment"),
    [
        (date(2026, 3, 28), 9 * 60, BERLIN, "2026-03-28T08:00+00:00"),
        (date(2026, 3, 29), 9 * 60, BERLIN, "2026-03-29T07:00+00:00"),
        (date(2026, 3, 29), 2 * 60 + 30, BERLIN, "2026-03-29T01:00+00:00"),  # skipped: the moment of the change
        (date(2026, 10, 25), 2 * 60 + 30, BERLIN, "2026-10-25T00:30+00:00"),  # twice: the first
        (date(2026, 3, 8), 2 * 60 + 15, NEW_YORK, "2026-03-08T07:00+00:00"),
        (date(2026, 10, 4), 2 * 60 + 15, LORD_HOWE, "2026-10-03T15:30+00:00"),  # half an hour is skipped there
        (date(2026, 1, 1), 1440, BERLIN, "2026-01-01T23:00+00:00"),
    ],
)
def test_wall_clock(day: date, minute: int, zone: ZoneInfo, moment: str) -> None:
    assert wall(day, minute, zone) == datetime.fromisoformat(moment)


def test_a_working_day_is_an_hour_shorter_when_clocks_go_forward() -> None:
    night = Availability(BERLIN, (WeeklyHours(6, 0, 6 * 60),))
    spring = working_time(night, span("2026-03-28T00:00+00:00", "2026-03-30T00:00+00:00"), SlotClass.ANY, None)
    autumn = working_time(night, span("2026-10-24T00:00+00:00", "2026-10-26T00:00+00:00"), SlotClass.ANY, None)
    assert [one.length for one in spring] == [5 * HOUR]
    assert [one.length for one in autumn] == [7 * HOUR]


def test_breaks_closures_and_bookings_are_never_offered() -> None:
    monday = WeeklyHours(0, 9 * 60, 17 * 60)
    lunch = WeeklyHours(0, 12 * 60, 13 * 60, is_break=True)
    closed = span("2026-06-01T13:00+02:00", "2026-06-01T15:00+02:00")
    busy = span("2026-06-01T09:00+02:00", "2026-06-01T10:00+02:00")
    known = Availability(BERLIN, (monday, lunch), closed=(closed,), busy=(busy,))
    day = span("2026-06-01T00:00+02:00", "2026-06-02T00:00+02:00")
    rule = BookingRule(length=HOUR, notice=timedelta(0), alignment=HOUR)
    starts = [slot.start.astimezone(BERLIN).hour for slot in offered_slots(known, rule, day.start, day)]
    assert starts == [10, 11, 15, 16]


def test_intake_hours_are_for_intakes_only() -> None:
    known = Availability(BERLIN, (WeeklyHours(0, 540, 600, SlotClass.INTAKE), WeeklyHours(0, 600, 660)))
    day = span("2026-06-01T00:00+02:00", "2026-06-02T00:00+02:00")

    def starts(slot_class: SlotClass) -> list[int]:
        rule = BookingRule(length=HOUR, notice=timedelta(0), alignment=HOUR, slot_class=slot_class)
        return [slot.start.astimezone(BERLIN).hour for slot in offered_slots(known, rule, day.start, day)]

    assert starts(SlotClass.INTAKE) == [9, 10]
    assert starts(SlotClass.FOLLOW_UP) == [10]


def test_extra_hours_are_for_whom_they_say_as_weekly_ones_are() -> None:
    here, there = uuid4(), uuid4()
    day = span("2026-06-01T00:00+02:00", "2026-06-02T00:00+02:00")
    early, late = (span(f"2026-06-01T{hour}:00+02:00", f"2026-06-01T{hour + 1}:00+02:00") for hour in (19, 20))
    known = Availability(BERLIN, extra=(ExtraHours(early, SlotClass.FOLLOW_UP, here), ExtraHours(late)))

    def starts(slot_class: SlotClass, organization_id: UUID) -> list[int]:
        rule = BookingRule(length=HOUR, notice=timedelta(0), alignment=HOUR, slot_class=slot_class)
        found = offered_slots(known, rule, day.start, day, organization_id)
        return [slot.start.astimezone(BERLIN).hour for slot in found]

    assert starts(SlotClass.FOLLOW_UP, here) == [19, 20]
    assert starts(SlotClass.INTAKE, here) == [20]
    assert starts(SlotClass.FOLLOW_UP, there) == [20]


def test_buffers_notice_and_horizon() -> None:
    known = Availability(BERLIN, tuple(WeeklyHours(day, 540, 720) for day in range(7)))
    now = datetime.fromisoformat("2026-06-01T08:00+02:00")
    rule = BookingRule(
        length=HOUR, before=timedelta(minutes=15), after=timedelta(minutes=15), notice=2 * HOUR,
        horizon=timedelta(days=1), alignment=timedelta(minutes=15),
    )  # fmt: skip
    window = Interval(now, now + timedelta(days=9))
    starts = [slot.start.astimezone(BERLIN) for slot in offered_slots(known, rule, now, window)]
    assert [(at.day, at.hour, at.minute) for at in starts] == [
        (1, 10, 0), (1, 10, 15), (1, 10, 30), (1, 10, 45),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "day", "alignment", "starts"),
    [
        ("Asia/Kathmandu", "2026-06-01", 60, ["18:00", "19:00", "20:00", "21:00", "22:00", "23:00"]),
        ("America/New_York", "2026-06-01", 45, ["18:00", "18:45", "19:30", "20:15", "21:00", "21:45", "22:30"]),
        ("America/New_York", "2026-06-01", 50, ["18:20", "19:10", "20:00", "20:50", "21:40", "22:30"]),
        ("Australia/Lord_Howe", "2026-10-04", 60, ["18:00", "19:00", "20:00", "21:00", "22:00", "23:00"]),
    ],
)
def test_slots_begin_by_the_specialists_own_clock(zone: str, day: str, alignment: int, starts: list[str]) -> None:
    """Wherever midnight falls in UTC meanwhile, what is offered can be booked."""
    there = ZoneInfo(zone)
    known = Availability(there, tuple(WeeklyHours(weekday, 18 * 60, 1440) for weekday in range(7)))
    rule = BookingRule(length=HOUR, notice=timedelta(0), alignment=timedelta(minutes=alignment))
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=there).astimezone(UTC)
    slots = list(offered_slots(known, rule, noon, Interval(noon, noon + timedelta(hours=12))))
    assert [f"{slot.start.astimezone(there):%H:%M}" for slot in slots] == starts
    assert all(is_offered(known, rule, noon, slot.start) for slot in slots)


weekly = st.builds(
    lambda day, start, length, kind, pause: WeeklyHours(day, start, min(1440, start + length), kind, pause),
    st.integers(0, 6),
    st.integers(0, 1380),
    st.integers(30, 600),
    st.sampled_from(SlotClass),
    st.booleans(),
)
EPOCH = datetime(2026, 3, 25, tzinfo=UTC)
moments = st.integers(0, 60 * 24 * 14).map(lambda minutes: EPOCH + timedelta(minutes=minutes))
intervals = st.builds(
    lambda start, minutes: Interval(start, start + timedelta(minutes=minutes)), moments, st.integers(5, 600)
)
availabilities = st.builds(
    Availability,
    st.sampled_from([BERLIN, NEW_YORK, LORD_HOWE, ZoneInfo("Asia/Kathmandu")]),
    st.lists(weekly, max_size=6).map(tuple),
    st.lists(st.builds(ExtraHours, intervals, st.sampled_from(SlotClass)), max_size=3).map(tuple),
    st.lists(intervals, max_size=3).map(tuple),
    st.lists(intervals, max_size=5).map(tuple),
)
rules = st.builds(
    BookingRule,
    length=st.sampled_from([timedelta(minutes=m) for m in (15, 45, 50, 90)]),
    before=st.sampled_from([timedelta(minutes=m) for m in (0, 10)]),
    after=st.sampled_from([timedelta(minutes=m) for m in (0, 15)]),
    notice=st.sampled_from([timedelta(0), timedelta(hours=26)]),
    horizon=st.sampled_from([timedelta(days=3), timedelta(days=60)]),
    alignment=st.sampled_from([timedelta(minutes=m) for m in (5, 15, 20, 45, 50, 60)]),
    slot_class=st.sampled_from(SlotClass),
)


@given(availabilities, rules, moments)
def test_every_offered_slot_can_be_booked(known: Availability, rule: BookingRule, now: datetime) -> None:
    """P08: what is offered is bookable at that instant, whole, buffers included, and never in anybody's way."""
    window = Interval(now, now + timedelta(days=5))
    for slot in offered_slots(known, rule, now, window):
        blocked = rule.blocked(slot.start)
        assert is_offered(known, rule, now, slot.start)
        assert slot.length == rule.length
        assert slot.start >= now + rule.notice
        assert not any(blocked.overlaps(taken) for taken in (*known.closed, *known.busy))


@given(availabilities, rules, moments)
def test_offered_slots_do_not_depend_on_the_window(known: Availability, rule: BookingRule, now: datetime) -> None:
    whole = Interval(now, now + timedelta(days=4))
    middle = now + timedelta(days=2)
    halves = [Interval(now, middle), Interval(middle, whole.end)]
    assert list(offered_slots(known, rule, now, whole)) == [
        slot for half in halves for slot in offered_slots(known, rule, now, half)
    ]


@given(st.lists(intervals, max_size=8), st.lists(intervals, max_size=8))
def test_subtracting_leaves_nothing_taken_and_loses_nothing_free(spans: list[Interval], taken: list[Interval]) -> None:
    left = subtract(spans, taken)
    assert not any(one.overlaps(gap) for one in left for gap in taken)
    total = sum((one.length for one in union(spans)), timedelta(0))
    both = [piece for span_ in union(spans) for piece in subtract([span_], left)]
    assert total == sum((one.length for one in (*left, *both)), timedelta(0))
