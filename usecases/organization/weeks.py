"""Sessions and takings week by week, weeks beginning on Mondays of the organization's clock."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, DateTime, Label, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Operator
from domain.money import Money
from models import Appointment, LedgerEntry
from usecases.organization.listing import Statement, begins
from usecases.organization.payments import Movement, charged_and_refunded, movements, takings_of
from usecases.views import View

BACK, AHEAD = 5, 3
GROUPS = {
    "completed": "completed",
    "no-show": "no_show",
    "cancelled": "cancelled",
    "confirmed": "booked",
    "waiting": "booked",
    "in-session": "booked",
}


class SessionWeek(View):
    """Sessions that start in the seven days from `monday`, by what became of them."""

    monday: date
    completed: int = 0
    booked: int = 0
    no_show: int = 0
    cancelled: int = 0


class TakingsWeek(View):
    """`refunded` is negative when more came back from patients' banks than was given back."""

    monday: date
    charged: Money
    refunded: Money
    net: Money


async def session_weeks(
    session: AsyncSession, operator: Operator, zone: ZoneInfo, today: date
) -> tuple[SessionWeek, ...]:
    """From five weeks before this one to three after it; a held or released time is no session."""
    mondays = weeks(today, BACK, AHEAD)
    found: dict[date, dict[str, int]] = {monday: {} for monday in mondays}
    for week, status, count in await session.execute(SESSIONS, _asked(operator, zone, mondays)):
        if group := GROUPS.get(status):
            of_week = found[mondays[week - 1]]
            of_week[group] = of_week.get(group, 0) + count
    return tuple(SessionWeek(monday=monday, **figures) for monday, figures in found.items())


async def takings_weeks(
    session: AsyncSession, operator: Operator, zone: ZoneInfo, today: date
) -> tuple[TakingsWeek, ...]:
    """The last eight weeks and this one, once per currency that moved in them."""
    mondays = weeks(today, 8, 0)
    rows = (await session.execute(TAKINGS, _asked(operator, zone, mondays))).all()
    found = {(mondays[week - 1], currency): (int(charged), int(refunded)) for week, currency, charged, refunded in rows}
    return tuple(
        TakingsWeek(monday=monday, **dict(takings_of(currency, *found.get((monday, currency), (0, 0)))))
        for currency in sorted({currency for _, currency in found})
        for monday in mondays
    )


def weeks(today: date, back: int, ahead: int) -> list[date]:
    """Mondays, `back` weeks before this one's to `ahead` after it."""
    monday = today - timedelta(days=today.weekday())
    return [monday + timedelta(weeks=number) for number in range(-back, ahead + 1)]


def _asked(operator: Operator, zone: ZoneInfo, mondays: list[date]) -> dict[str, Any]:
    return {
        "organization_id": operator.organization_id,
        "mondays": [begins(monday, zone) for monday in mondays],
        "first": begins(mondays[0], zone),
        "end": begins(mondays[-1] + timedelta(days=7), zone),
    }


def _week(moment: Any) -> Label[Any]:
    """Its number, counted from 1."""
    return func.width_bucket(moment, bindparam("mondays", type_=ARRAY(DateTime(timezone=True)))).label("week")


def _sessions() -> Statement:
    """Rows of (week, status, count)."""
    starts = col(Appointment.starts_at)
    return (
        select(_week(starts), col(Appointment.status), func.count())
        .where(col(Appointment.organization_id) == bindparam("organization_id"))
        .where(starts >= bindparam("first"), starts < bindparam("end"))
        .group_by("week", col(Appointment.status))
    )


def _takings() -> Statement:
    """Rows of (week, currency, charged, refunded)."""
    posted = col(LedgerEntry.posted_at)
    moved = movements(select(_week(posted), col(Movement.currency), *charged_and_refunded()), ORGANIZATION)
    moved = moved.where(posted >= bindparam("first"), posted < bindparam("end"))
    return moved.group_by("week", col(Movement.currency))


ORGANIZATION: BindParameter[UUID] = bindparam("organization_id")
SESSIONS, TAKINGS = _sessions(), _takings()
"""Built once, as all figures of the control room."""
