"""Charts: round steps, gaps, escaping, and the figures as a table."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest

from portals.core.charts import WIDTHS, Series, bar_chart, line_chart, ticks
from portals.core.formats import format_date
from portals.core.i18n import LANGUAGE
from portals.organization.charts import sessions
from usecases.organization.weeks import SessionWeek


def drawings(drawn: str) -> list[str]:
    """The same chart for each width."""
    return re.findall(r"<svg class=\"chart-svg.*?</svg>", drawn)


@pytest.mark.parametrize(
    ("top", "whole", "steps"),
    [
        (52, True, [0, 20, 40, 60]),
        (0, True, [0, 1]),
        (3, True, [0, 1, 2, 3]),
        (9, True, [0, 5, 10]),
        (0, False, [0, 0.25, 0.5, 0.75, 1]),
        (1, False, [0, 0.25, 0.5, 0.75, 1]),
        (7, False, [0, 2, 4, 6, 8]),
    ],
)
def test_steps_are_round_and_what_is_counted_has_no_halves(top: float, whole: bool, steps: list[float]) -> None:
    assert ticks(top, whole) == steps


def test_a_line_has_gaps_where_nothing_is_known() -> None:
    drawn = line_chart("c", "Visits", ["a", "b", "c"], [Series("All", [1, None, 3])])
    assert '<td class="num">–</td>' in drawn
    first = drawings(drawn)[0]
    assert first.count('class="chart-dot') == 2
    assert 'class="chart-line series-1" d="M' in first
    assert first.split('class="chart-line series-1" d="')[1].split('"')[0].count("M") == 2


def test_bars_are_stacked_and_names_are_escaped() -> None:
    drawn = bar_chart("c", "<Visits>", ["a"], [Series("<i>", [2]), Series("other", [3])])
    assert [each.count('class="chart-bar') for each in drawings(drawn)] == [2, 2]
    assert "<i>" not in drawn
    assert "&lt;Visits&gt;" in drawn
    assert 'role="img" aria-labelledby="c-title"' in drawn


def test_no_axes_are_drawn_where_there_is_nothing_to_show() -> None:
    drawn = bar_chart("c", "Visits", ["a", "b"], [Series("All", [0, None])])
    assert "Visits" in drawn
    assert "Nothing yet" in drawn
    assert "<svg" not in drawn


def test_right_to_left_begins_on_the_right() -> None:
    def first_x() -> float:
        drawn = line_chart("c", "Visits", ["a", "b"], [Series("All", [1, 2])])
        return float(drawn.split('cx="')[1].split('"')[0])

    left = first_x()
    LANGUAGE.set("ar")
    right = first_x()
    LANGUAGE.set("en")
    assert left < right


@pytest.mark.parametrize("lang", ["en", "de", "ar"])
@pytest.mark.parametrize("weeks", [1, 4, 13, 53])
def test_labels_leave_each_other_room_at_every_width(lang: str, weeks: int) -> None:
    LANGUAGE.set(lang)
    days = [format_date(date(2026, 8, 31) + timedelta(weeks=week), "MMMd") for week in range(weeks)]
    drawn = drawings(bar_chart("c", "Visits", days, [Series("All", [1.0] * weeks)]))
    LANGUAGE.set("en")
    assert len(drawn) == len(WIDTHS)
    for each in drawn:
        places = sorted(float(x) for x in re.findall(r'x="([\d.]+)" y="\d+" text-anchor="middle"', each))
        assert places
        assert all(right - left > 6 * max(map(len, days)) for left, right in pairwise(places))


def test_a_phone_gets_a_drawing_of_its_own_width() -> None:
    drawn = drawings(bar_chart("c", "Visits", ["a"], [Series("All", [1])]))
    assert [re.findall(r'viewBox="0 0 (\d+)', each) for each in drawn] == [["320"], ["460"]]


def test_what_is_not_drawn_again_still_follows_figures_and_reader() -> None:
    weeks = [SessionWeek(monday=date(2026, 11, 2) + timedelta(weeks=number), completed=3) for number in range(2)]
    drawn = sessions(weeks)
    assert sessions(list(weeks)) is drawn
    assert "Took place, Nov 9: 3" in drawn
    assert "Took place, Nov 9: 4" in sessions([weeks[0], weeks[1].model_copy(update={"completed": 4})])
    token = LANGUAGE.set("de")
    try:
        assert "9. Nov.: 3" in sessions(weeks)
    finally:
        LANGUAGE.reset(token)
