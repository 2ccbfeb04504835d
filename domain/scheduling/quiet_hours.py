"""Messages wait for the recipient's morning: 8 to 21 in the recipient's own zone."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING, EVENING = time(8), time(21)


def next_allowed(moment: datetime, zone: str) -> datetime:
    """`moment` itself, or the next 8 o'clock local when it falls into the night."""
    local = moment.astimezone(ZoneInfo(zone))
    if MORNING <= local.time() < EVENING:
        return moment
    day = local.date() + timedelta(days=0 if local.time() < MORNING else 1)
    return datetime.combine(day, MORNING, ZoneInfo(zone)).astimezone(UTC)


def last_allowed(moment: datetime, zone: str) -> datetime:
    """`moment` itself, or the last minute before the night it falls into: a reminder must not come too late."""
    local = moment.astimezone(ZoneInfo(zone))
    if MORNING <= local.time() < EVENING:
        return moment
    day = local.date() - timedelta(days=1 if local.time() < MORNING else 0)
    evening = datetime.combine(day, EVENING, ZoneInfo(zone)) - timedelta(minutes=1)
    return evening.astimezone(UTC)
