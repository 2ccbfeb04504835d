"""The week: hours by drag, by keyboard or by form; time off and extra hours; what is booked outside of them."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from starlette.requests import Request

from domain.refusals import NotFound, Refusal
from portals.core.door import TheContext
from portals.core.flash import see_other
from portals.core.formats import format_date
from portals.core.forms import command, typed
from portals.core.i18n import gettext as _
from portals.core.i18n import ngettext
from portals.core.refusing import wants_json
from portals.core.rendering import page
from portals.specialist import words
from portals.specialist.door import TheLocale, TheSpecialist
from usecases.context import Context
from usecases.specialist import hours
from usecases.specialist.conflicts import booked_outside
from usecases.specialist.hours import AddException, PutHours
from usecases.specialist.week import Block, WeekPage, week
from usecases.views import Day

router = APIRouter(prefix="/week")
REPEATING = ("any", "intake", "follow-up", "break")


@router.get("")
async def week_page(
    request: Request, context: TheContext, specialist: TheSpecialist, locale: TheLocale, of: Day | None = None
) -> Response:
    return await _page(request, context, specialist, locale, of)


@router.post("/hours")
async def change_hours(
    request: Request, context: TheContext, specialist: TheSpecialist, locale: TheLocale, of: Day | None = None
) -> Response:
    try:
        hours_id = await _change(request, context, specialist)
    except Refusal as no:
        if wants_json(request) or isinstance(no, NotFound):
            raise
        return await _page(request, context, specialist, locale, of, no, await typed(request))
    count = len(await booked_outside(context, specialist, locale))
    if wants_json(request):
        return JSONResponse({"id": str(hours_id), "conflicts": count, "said": _booked_outside(count)})
    return see_other(_address(of), _("Your hours are saved.") + _and_booked_outside(count))


@router.post("/exceptions")
async def add_exception(
    request: Request, context: TheContext, specialist: TheSpecialist, locale: TheLocale, of: Day | None = None
) -> Response:
    try:
        await hours.add_exception(context, specialist, await command(request, AddException))
    except Refusal as no:
        return await _page(request, context, specialist, locale, of, no, await typed(request))
    count = len(await booked_outside(context, specialist, locale))
    return see_other(_address(of), _("Saved.") + _and_booked_outside(count))


@router.post("/exceptions/{exception_id}/remove")
async def remove_exception(
    context: TheContext, specialist: TheSpecialist, exception_id: UUID, of: Day | None = None
) -> Response:
    await hours.remove_exception(context, specialist, exception_id)
    return see_other(_address(of), _("Removed."))


async def _change(request: Request, context: Context, specialist: TheSpecialist) -> UUID:
    form = await typed(request)
    if gone := form.get("remove"):
        hours_id = _id(str(gone))
        await hours.remove_hours(context, specialist, hours_id)
        return hours_id
    return await hours.put_hours(context, specialist, await command(request, PutHours))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _address(of: date | None) -> str:
    return f"/week?of={of}" if of else "/week"


def _and_booked_outside(count: int) -> str:
    return f" {_booked_outside(count)}" if count else ""


def _booked_outside(count: int) -> str:
    """Nothing to say when there are none."""
    if not count:
        return ""
    return ngettext(
        "%(num)s appointment is booked outside your hours.",
        "%(num)s appointments are booked outside your hours.",
        count,
    )


async def _page(
    request: Request,
    context: Context,
    specialist: TheSpecialist,
    locale: str,
    of: date | None,
    refusal: Refusal | None = None,
    form: dict[str, Any] | None = None,
) -> Response:
    view = await week(context, specialist, of, locale)
    return page(
        request,
        "specialist/week.html",
        refusal=refusal,
        form=form or {},
        view=view,
        days=_days(view),
        blocks=[_block(block) for block in view.blocks],
        earlier=view.monday - timedelta(days=7),
        later=view.monday + timedelta(days=7),
        offers=_offers(view),
        shifts=[day for day in view.days if day.shift],
        key=uuid4(),
        words=words,
    )


def _offers(view: WeekPage) -> list[tuple[str, str]]:
    """Nothing to choose for who works for one organization."""
    if len(view.organizations) < 2:
        return []
    return [("all", _("Everyone I work for")), *((str(each.id), each.name) for each in view.organizations)]


def _days(view: WeekPage) -> list[dict[str, Any]]:
    return [
        {
            "name": format_date(day.date, "E"),
            "date": format_date(day.date, "d"),
            "long": format_date(day.date, "full"),
            "today": day.today,
        }
        for day in view.days
    ]


def _block(block: Block) -> dict[str, Any]:
    """As the calendar component takes it."""
    shown: dict[str, Any] = {"id": str(block.id), "day": block.day, "start": block.start, "end": block.end}
    match block.kind:
        case "appointment":
            return shown | {
                "kind": "appointment",
                "label": block.label,
                "href": f"/appointments/{block.id}",
                "note": block.organization,
            }
        case "held":
            name, _tone = words.STATUS[block.kind]
            return shown | {"kind": "busy", "label": _(name), "note": block.organization}
        case "closed" | "extra":
            name = _(words.EXCEPTION[block.kind])
            kind = "busy" if block.kind == "closed" else "extra"
            label = f"{name}: {block.label}" if block.label else name
            return shown | {"kind": kind, "label": label, "note": block.organization}
        case _:
            return shown | {"kind": block.kind, "note": block.organization, "offered_to": block.offered_to}
