"""`/styleguide`: every component in every state, for eyes, axe and screenshots. Mounted in development only."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from starlette.requests import Request

from domain.money import Money
from domain.refusals import InvalidInput, Refusal
from portals.core.charts import Series, bar_chart, line_chart
from portals.core.i18n import gettext as _
from portals.core.rendering import page

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
Theme = Annotated[str, Query(pattern="^(light|dark|)$")]
router = APIRouter()


def specimens() -> dict[str, Any]:
    """Invented people and times to show components with."""

    def times(day: int, count: int) -> list[tuple[str, datetime]]:
        starts = [NOW + timedelta(days=day, minutes=30 * i) for i in range(count)]
        return [(start.isoformat(), start) for start in starts]

    days = [((NOW + timedelta(days=day)).date(), times(day, count)) for day, count in ((1, 7), (2, 3), (5, 9))]
    return {"now": NOW, "days": days, "fee": Money(12000, "USD"), "charts": charts()}


def charts() -> list[Markup]:
    weeks = [str(number) for number in range(36, 48)]
    visits = Series(_("Appointments"), [12, 18, 15, 22, 27, 25, 31, 38, 36, 44, 47, 52])
    partners = Series(_("From partners"), [4, 6, 5, 9, 8, None, None, 15, 14, 18, 21, 20])
    return [
        line_chart("chart-line", _("Appointments per week"), weeks, [visits, partners]),
        bar_chart("chart-bar", _("Revenue by month"), weeks, [visits, partners], lambda v: f"{v:.0f} k"),
    ]


DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
WEEK = [{"name": name, "date": str(23 + i), "today": i == 1} for i, name in enumerate(DAYS)]
BLOCKS = [
    {"id": "1", "day": 0, "start": 540, "end": 720, "kind": "intake"},
    {"id": "2", "day": 0, "start": 780, "end": 1020, "kind": "follow-up"},
    {"id": "3", "day": 1, "start": 540, "end": 1020, "kind": "any"},
    {"id": "4", "day": 1, "start": 720, "end": 765, "kind": "break"},
    {"id": "5", "day": 1, "start": 570, "end": 620, "kind": "appointment", "label": "Noor H.", "href": "#noor"},
    {"id": "6", "day": 3, "start": 600, "end": 900, "kind": "any"},
    {"id": "7", "day": 3, "start": 660, "end": 690, "kind": "busy"},
    {"id": "8", "day": 5, "start": 0, "end": 1440, "kind": "busy"},
]


@router.get("/styleguide/week")
async def styleguide_week(request: Request, theme: Theme = "") -> HTMLResponse:
    return page(request, "styleguide_week.html", theme=theme, days=WEEK, blocks=BLOCKS)


@router.post("/styleguide/week")
async def styleguide_save(id: Annotated[str, Form()] = "", day: Annotated[int, Form()] = 0) -> dict[str, str]:
    if day == 6:
        raise Refusal
    return {"id": id or "new"}


@router.get("/styleguide/room")
async def styleguide_room(request: Request, theme: Theme = "") -> HTMLResponse:
    return page(request, "styleguide_room.html", theme=theme, devices=True)


@router.get("/styleguide")
async def styleguide(request: Request, theme: Theme = "") -> HTMLResponse:
    return page(request, "styleguide.html", theme=theme, **specimens())


@router.get("/styleguide/refused")
async def styleguide_refused(request: Request, theme: Theme = "") -> HTMLResponse:
    wrong = {"email": "Enter this in the expected form.", "slot": "Choose one of the times shown."}
    context = {"form": {"email": "ada@"}, "theme": theme, **specimens()}
    return page(request, "styleguide.html", refusal=InvalidInput(wrong), **context)
