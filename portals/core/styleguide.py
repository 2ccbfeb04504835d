"""`/styleguide`: every component in every state, for eyes, axe and screenshots. Mounted in development only."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from domain.money import Money
from domain.refusals import InvalidInput
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
    return {"now": NOW, "days": days, "fee": Money(12000, "USD")}


@router.get("/styleguide")
async def styleguide(request: Request, theme: Theme = "") -> HTMLResponse:
    return page(request, "styleguide.html", theme=theme, **specimens())


@router.get("/styleguide/refused")
async def styleguide_refused(request: Request, theme: Theme = "") -> HTMLResponse:
    wrong = {"email": "Enter this in the expected form.", "slot": "Choose one of the times shown."}
    context = {"form": {"email": "ada@"}, "theme": theme, **specimens()}
    return page(request, "styleguide.html", refusal=InvalidInput(wrong), **context)
