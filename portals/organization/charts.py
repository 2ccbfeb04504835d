"""The overview's drawings: sessions and takings by week.

One that shows the same to a reader of the same language is not drawn again: figures change less often than people look.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar

from markupsafe import Markup

from domain.money import Money
from portals.core.charts import Series, bar_chart
from portals.core.formats import format_date, format_money
from portals.core.i18n import LANGUAGE
from portals.core.i18n import gettext as _
from usecases.organization.weeks import SessionWeek, TakingsWeek

Week = TypeVar("Week")


def drawn_once(draw: Callable[[tuple[Week, ...]], Markup]) -> Callable[[Sequence[Week]], Markup]:
    @lru_cache(256)
    def remembered(weeks: tuple[Week, ...], _language: str) -> Markup:
        return draw(weeks)

    return lambda weeks: remembered(tuple(weeks), LANGUAGE.get())


@drawn_once
def sessions(weeks: Sequence[SessionWeek]) -> Markup:
    labels = [format_date(week.monday, "MMMd") for week in weeks]
    series = [
        Series(_("Took place"), [week.completed for week in weeks]),
        Series(_("Booked"), [week.booked for week in weeks]),
        Series(_("Cancelled"), [week.cancelled for week in weeks]),
        Series(_("Missed"), [week.no_show for week in weeks]),
    ]
    return bar_chart("sessions", _("Sessions by week"), labels, series)


def takings(weeks: Sequence[TakingsWeek]) -> list[Markup]:
    """One drawing a currency: sums never cross them."""
    currencies = sorted({week.charged.currency for week in weeks})
    return [_takings([week for week in weeks if week.charged.currency == currency]) for currency in currencies]


@drawn_once
def _takings(weeks: Sequence[TakingsWeek]) -> Markup:
    currency = weeks[0].charged.currency
    unit = Money(1, currency).major

    def said(major: float) -> str:
        return format_money(Money(round(major / float(unit)), currency))

    labels = [format_date(week.monday, "MMMd") for week in weeks]
    series = [
        Series(_("Kept"), [max(float(week.net.major), 0) for week in weeks]),
        Series(_("Given back"), [max(float(week.refunded.major), 0) for week in weeks]),
    ]
    return bar_chart(f"takings-{currency}", _("Takings by week, %(currency)s", currency=currency), labels, series, said)
