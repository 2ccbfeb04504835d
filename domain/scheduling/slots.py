"""Offered slots. `is_offered` and `offered_slots` share one rule, so that every offered slot can be booked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.scheduling.availability import Availability, SlotClass, working_time
from domain.scheduling.interval import Interval

STRETCH, DAY, MINUTE = timedelta(days=2), timedelta(days=1), timedelta(minutes=1)


@dataclass(frozen=True)
class BookingRule:
    """What an appointment type asks of a slot.

    `alignment`, in whole minutes: starts fall on multiples of it since midnight, on the specialist's own clock.
    """

    length: timedelta
    before: timedelta = timedelta(0)
    after: timedelta = timedelta(0)
    notice: timedelta = timedelta(hours=2)
    horizon: timedelta = timedelta(days=60)
    alignment: timedelta = timedelta(minutes=15)
    slot_class: SlotClass = SlotClass.ANY

    def blocked(self, start: datetime) -> Interval:
        """All the time an appointment at `start` takes from its specialist, buffers included."""
        return Interval(start - self.before, start + self.length + self.after)

    def bookable_window(self, now: datetime) -> Interval:
        """The span in which an appointment may start."""
        return Interval(now + self.notice, now + max(self.horizon, self.notice + timedelta(minutes=1)))


def offered_slots(
    availability: Availability,
    rule: BookingRule,
    now: datetime,
    window: Interval,
    organization_id: UUID | None = None,
) -> Iterator[Interval]:
    """Every slot that starts in `window` and can be booked at `now`, in order.

    Worked out by stretches, each twice as long as the one before: whoever wants the next one alone waits for no more.
    """
    bookable = rule.bookable_window(now)
    first, last = max(window.start, bookable.start), min(window.end, bookable.end)
    stretch = STRETCH
    while first < last:
        end = min(first + stretch, last)
        yield from _starting(availability, rule, first, end, organization_id)
        first, stretch = end, stretch * 2


def _starting(
    availability: Availability, rule: BookingRule, first: datetime, last: datetime, organization_id: UUID | None
) -> Iterator[Interval]:
    """Slots that start from `first` on and before `last`."""
    reach = Interval(first - rule.before, last + rule.length + rule.after)
    for free in working_time(availability, reach, rule.slot_class, organization_id):
        start = _aligned(max(free.start + rule.before, first), rule.alignment, availability.zone)
        while start < last and rule.blocked(start).end <= free.end:
            yield Interval(start, start + rule.length)
            start = _aligned(start + MINUTE, rule.alignment, availability.zone)


def is_offered(
    availability: Availability,
    rule: BookingRule,
    now: datetime,
    start: datetime,
    organization_id: UUID | None = None,
) -> bool:
    """Whether an appointment may start at `start`, as `offered_slots` would say."""
    window = Interval(start, start + timedelta(microseconds=1))
    return any(slot.start == start for slot in offered_slots(availability, rule, now, window, organization_id))


def _aligned(moment: datetime, alignment: timedelta, zone: ZoneInfo) -> datetime:
    """The first from `moment` on. A change of the clocks in between may lead beside one: then on to the next."""
    local = moment.astimezone(zone)
    clock = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    past = clock % alignment
    return _aligned(moment + min(alignment - past, DAY - clock), alignment, zone) if past else moment
