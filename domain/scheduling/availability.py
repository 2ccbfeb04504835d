"""A specialist's working time, written in the specialist's own zone, as spans of real time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.scheduling.interval import Interval, subtract


class SlotClass(StrEnum):
    """Which appointments a working hour is for."""

    ANY = "any"
    INTAKE = "intake"
    FOLLOW_UP = "follow-up"

    def admits(self, wanted: "SlotClass") -> bool:
        return self is SlotClass.ANY or wanted is SlotClass.ANY or self is wanted


@dataclass(frozen=True)
class WeeklyHours:
    """Every `weekday` (0 = Monday) from minute `starts` to minute `ends` of the local day (0..1440)."""

    weekday: int
    starts: int
    ends: int
    slot_class: SlotClass = SlotClass.ANY
    is_break: bool = False
    organization_id: UUID | None = None

    def __post_init__(self) -> None:
        if not (0 <= self.weekday <= 6 and 0 <= self.starts < self.ends <= 1440):
            raise ValueError(f"not a span of a week: {self.weekday} {self.starts}-{self.ends}")


@dataclass(frozen=True)
class ExtraHours:
    """Open once, whatever the week says."""

    span: Interval
    slot_class: SlotClass = SlotClass.ANY
    organization_id: UUID | None = None


@dataclass(frozen=True)
class Availability:
    """Everything that decides when one specialist works. `closed` and `busy` win over `hours` and `extra`."""

    zone: ZoneInfo
    hours: tuple[WeeklyHours, ...] = ()
    extra: tuple[ExtraHours, ...] = ()
    closed: tuple[Interval, ...] = ()
    busy: tuple[Interval, ...] = field(default=())


@lru_cache(maxsize=16_384)
def wall(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The moment when clocks in `zone` show `minute` of `day`, in UTC.

    In the hour that a DST change skips it is the moment of the change; in the hour that it repeats, the first one.
    """
    days, minute = divmod(minute, 1440)
    local = datetime.combine(day + timedelta(days=days), time(minute // 60, minute % 60), zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    return _end_of_gap(local)


def _end_of_gap(local: datetime) -> datetime:
    """A skipped local time, read with the offset before the change, lies after it by as much as it is into the gap."""
    before, after = local.replace(fold=0), local.replace(fold=1)
    into_gap_end = after.astimezone(UTC)
    latest = before.astimezone(UTC)
    offset = after.utcoffset()
    step = timedelta(minutes=1)
    moment = into_gap_end
    while moment < latest and moment.astimezone(local.tzinfo).utcoffset() != offset:
        moment += step
    return moment


def working_time(
    availability: Availability, window: Interval, wanted: SlotClass, organization_id: UUID | None
) -> list[Interval]:
    """Open, unbooked time in `window` for appointments of class `wanted` of one organization."""
    weekly = [each for each in availability.hours if not each.is_break and _is_for(each, wanted, organization_id)]
    extra = [each.span for each in availability.extra if _is_for(each, wanted, organization_id)]
    open_ = [*_spans(weekly, availability.zone, window), *extra]
    breaks = _breaks(availability, window)
    free = subtract(open_, [*breaks, *availability.closed, *availability.busy])
    return [_clip(span, window) for span in free if span.overlaps(window)]


def _is_for(hours: WeeklyHours | ExtraHours, wanted: SlotClass, organization_id: UUID | None) -> bool:
    return hours.slot_class.admits(wanted) and hours.organization_id in (None, organization_id)


def _breaks(availability: Availability, window: Interval) -> Iterator[Interval]:
    yield from _spans([hours for hours in availability.hours if hours.is_break], availability.zone, window)


def _spans(weekly: Iterable[WeeklyHours], zone: ZoneInfo, window: Interval) -> Iterator[Interval]:
    weekly = list(weekly)
    day = window.start.astimezone(zone).date() - timedelta(days=1)
    last = window.end.astimezone(zone).date()
    while day <= last:
        for hours in weekly:
            if hours.weekday == day.weekday():
                start, end = wall(day, hours.starts, zone), wall(day, hours.ends, zone)
                if start < end:
                    yield Interval(start, end)
        day += timedelta(days=1)


def _clip(span: Interval, window: Interval) -> Interval:
    return Interval(max(span.start, window.start), min(span.end, window.end)).in_utc()
