"""Charts as SVG made on the server: no script, no inline style, and the figures as a table behind each.

    line_chart("bookings", _("Bookings per week"), weeks, [Series(_("All"), [12, 18, None])], format_number)

Template: `{{ chart }}` inside a card. Colours come from classes; right-to-left mirrors the axis. Text in an SVG shrinks
and grows with it, so each chart is drawn for a phone and for a card of a wide page; the style sheet shows what fits.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from portals.core.formats import format_number
from portals.core.i18n import LANGUAGE, direction, gettext

Said = Callable[[float], str]
WIDTHS = {"narrow": 320, "wide": 460}
HEIGHT = 240
LETTER, BETWEEN = 7, 10
"""How broad a letter of a label is at most, and what lies between two labels."""


@dataclass(frozen=True)
class Series:
    """`values` are as many as the chart's labels; None where nothing is known."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Frame:
    """Where things lie in a drawing of `width` by `height` units."""

    count: int
    ticks: list[float]
    margin: float
    width: int
    height: int
    rtl: bool

    def x(self, index: float) -> float:
        along = self.margin + (index + 0.5) * self.band
        return self.width - along if self.rtl else along

    def y(self, value: float) -> float:
        return 12 + (self.height - 40) * (1 - value / self.ticks[-1])

    @property
    def band(self) -> float:
        return (self.width - self.margin - 8) / self.count


def line_chart(
    ident: str,
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    said: Said = format_number,
) -> Markup:
    top = max((value or 0 for each in series for value in each.values), default=0)

    def marks(frame: Frame) -> Markup:
        alone = len(series) == 1
        return Markup().join(_line(frame, number, each, labels, said, alone) for number, each in enumerate(series, 1))

    return _figure(ident, title, labels, series, said, top, marks)


def bar_chart(
    ident: str,
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    said: Said = format_number,
) -> Markup:
    """Bars; several series are stacked."""
    totals = [sum(each.values[index] or 0 for each in series) for index in range(len(labels))]

    def marks(frame: Frame) -> Markup:
        base = [0.0] * len(labels)
        drawn = Markup()
        for number, each in enumerate(series, 1):
            for index, value in enumerate(each.values):
                if value:
                    text = f"{each.name}, {labels[index]}: {said(value)}"
                    drawn += _bar(frame, number, index, base[index], value, text)
                    base[index] += value
        return drawn

    return _figure(ident, title, labels, series, said, max(totals, default=0), marks)


def ticks(top: float, whole: bool, wanted: int = 4) -> list[float]:
    """Round steps from zero to at least `top`, `whole` ones for what is counted: 52 -> [0, 20, 40, 60]."""
    raw = max((top or 1) / wanted, 1 if whole else 0)
    magnitude = 10.0 ** math.floor(math.log10(raw))
    sizes = (1, 2, 5, 10) if whole else (1, 2, 2.5, 5, 10)
    step = next(size * magnitude for size in sizes if size * magnitude >= raw)
    return [round(step * index, 10) for index in range(math.ceil((top or 1) / step) + 1)]


def _frame(labels: Sequence[str], series: Sequence[Series], top: float, said: Said, width: int) -> Frame:
    steps = ticks(top, whole=all(float(value or 0).is_integer() for each in series for value in each.values))
    margin = 12 + LETTER * max(len(said(step)) for step in steps)
    return Frame(max(len(labels), 1), steps, margin, width, HEIGHT, direction(LANGUAGE.get()) == "rtl")


def _line(frame: Frame, number: int, series: Series, labels: Sequence[str], said: Said, alone: bool) -> Markup:
    points = [(frame.x(i), frame.y(v), i, v) for i, v in enumerate(series.values) if v is not None]
    path = "".join(
        f"{'L' if place and points[place - 1][2] == index - 1 else 'M'}{x:.1f},{y:.1f}"
        for place, (x, y, index, _) in enumerate(points)
    )
    drawn = Markup()
    if alone and points:
        floor, first, last = frame.y(0), points[0][0], points[-1][0]
        area = "M" + path[1:].replace("M", "L") + f"L{last:.1f},{floor:.1f}L{first:.1f},{floor:.1f}Z"
        drawn += Markup('<path class="chart-area series-{}" d="{}"/>').format(number, area)
    drawn += Markup('<path class="chart-line series-{}" d="{}"/>').format(number, path)
    for x, y, index, value in points:
        text = f"{series.name}, {labels[index]}: {said(value)}"
        drawn += Markup(
            '<circle class="chart-dot series-{}" cx="{:.1f}" cy="{:.1f}" r="4.5"><title>{}</title></circle>'
        ).format(number, x, y, text)
    return drawn


def _bar(frame: Frame, number: int, index: int, base: float, value: float, text: str) -> Markup:
    broad = min(36.0, frame.band * 0.64)
    top, bottom = frame.y(base + value), frame.y(base)
    return Markup(
        '<rect class="chart-bar series-{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="2.5">'
        "<title>{}</title></rect>"
    ).format(number, frame.x(index) - broad / 2, top + 0.75, broad, max(bottom - top - 1.5, 0), text)


def _axes(frame: Frame, labels: Sequence[str], said: Said) -> Markup:
    left, right = (8.0, frame.width - frame.margin) if frame.rtl else (frame.margin, frame.width - 8.0)
    edge, anchor = (right + 8, "start") if frame.rtl else (left - 8, "end")
    drawn = Markup()
    for step in frame.ticks:
        y = frame.y(step)
        drawn += Markup(
            '<line class="chart-grid" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>'
            '<text class="chart-tick" direction="ltr" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>'
        ).format(left, right, y, y, edge, y + 4, "start" if frame.rtl else anchor, said(step))
    longest = max(map(len, labels), default=0)
    every = max(1, math.ceil((longest * LETTER + BETWEEN) / frame.band))
    for index, label in list(enumerate(labels))[::every]:
        drawn += Markup('<text class="chart-tick" x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
            frame.x(index), frame.height - 8, label
        )
    return drawn


def _figure(
    ident: str,
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    said: Said,
    top: float,
    marks: Callable[[Frame], Markup],
) -> Markup:
    if not any(value for each in series for value in each.values):
        return Markup('<figure class="chart"><figcaption>{}</figcaption><p class="muted">{}</p></figure>').format(
            title, gettext("Nothing yet in these weeks.")
        )
    return Markup(
        '<figure class="chart"><figcaption id="{i}-title">{title}</figcaption>'
        '{drawings}{legend}<details class="disclosure"><summary>{show}</summary>{table}</details></figure>'
    ).format(
        i=ident,
        title=title,
        drawings=Markup().join(
            _drawing(ident, name, _frame(labels, series, top, said, width), labels, said, marks)
            for name, width in WIDTHS.items()
        ),
        legend=_legend(series) if len(series) > 1 else Markup(),
        show=gettext("Show as a table"),
        table=_table(title, labels, series, said),
    )


def _drawing(
    ident: str, name: str, frame: Frame, labels: Sequence[str], said: Said, marks: Callable[[Frame], Markup]
) -> Markup:
    return Markup(
        '<svg class="chart-svg chart-{n}" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{i}-title">'
        "{axes}{marks}</svg>"
    ).format(n=name, w=frame.width, h=frame.height, i=ident, axes=_axes(frame, labels, said), marks=marks(frame))


def _legend(series: Sequence[Series]) -> Markup:
    rows = (
        Markup(
            '<li class="series-{}"><svg width="12" height="12" aria-hidden="true">'
            '<rect width="12" height="12" rx="3"/></svg>{}</li>'
        ).format(number, each.name)
        for number, each in enumerate(series, 1)
    )
    return Markup('<ul role="list" class="legend">{}</ul>').format(Markup().join(rows))


def _table(title: str, labels: Sequence[str], series: Sequence[Series], said: Said) -> Markup:
    heads = Markup().join(Markup('<th scope="col" class="num">{}</th>').format(each.name) for each in series)
    rows = (
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            label,
            Markup().join(
                Markup('<td class="num">{}</td>').format("–" if each.values[i] is None else said(each.values[i] or 0))
                for each in series
            ),
        )
        for i, label in enumerate(labels)
    )
    return Markup(
        '<div class="scroll" role="group" aria-label="{t}" tabindex="0"><table><caption class="vh">{t}</caption>'
        '<thead><tr><th scope="col">{p}</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    ).format(t=escape(title), p=gettext("Period"), heads=heads, rows=Markup().join(rows))
