"""Clocks that are late: whoever wakes long after a deadline has stood still, and nobody could have kept it."""

from datetime import datetime, timedelta

PUNCTUAL = timedelta(minutes=2)


def stood_still(due: datetime, now: datetime) -> bool:
    """Whether what was to happen at `due` happens only now because its engine was away."""
    return now >= due + PUNCTUAL
