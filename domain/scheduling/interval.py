"""Half-open spans of time [start, end), aware, compared in UTC."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, order=True)
class Interval:
    """[start, end), aware. Raises ValueError when naive, empty or reversed."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("an interval needs aware times")
        if self.end <= self.start:
            raise ValueError("an interval ends after it starts")

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def overlaps(self, other: "Interval") -> bool:
        return self.start < other.end and other.start < self.end

    def covers(self, other: "Interval") -> bool:
        return self.start <= other.start and other.end <= self.end

    def padded(self, before: timedelta, after: timedelta) -> "Interval":
        return Interval(self.start - before, self.end + after)

    def in_utc(self) -> "Interval":
        return Interval(self.start.astimezone(UTC), self.end.astimezone(UTC))


def union(spans: Iterable[Interval]) -> list[Interval]:
    """The same time as few, sorted, separate spans."""
    merged: list[Interval] = []
    for span in sorted(span.in_utc() for span in spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def subtract(spans: Iterable[Interval], taken: Iterable[Interval]) -> list[Interval]:
    """What is left of `spans` without `taken`; sorted and separate. One walk along both."""
    left: list[Interval] = []
    gaps = deque(union(taken))
    for span in union(spans):
        free_from = span.start
        while gaps and gaps[0].start < span.end:
            if free_from < gaps[0].start:
                left.append(Interval(free_from, gaps[0].start))
            free_from = max(free_from, gaps[0].end)
            if gaps[0].end > span.end:
                break
            gaps.popleft()
        if free_from < span.end:
            left.append(Interval(free_from, span.end))
    return left
