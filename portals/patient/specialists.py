"""Finding a specialist and a free time, and holding it."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.requests import Request

from domain.refusals import BookedMeanwhile, InvalidInput, Refusal
from portals.core.door import TheContext
from portals.core.flash import see_other
from portals.core.formats import local
from portals.core.forms import Typed, command, mistakes, typed
from portals.core.i18n import N_
from portals.core.i18n import gettext as _
from portals.core.listing import around
from portals.core.rendering import page
from portals.patient import words
from portals.patient.door import TheLocale, ThePatient
from usecases.context import Context
from usecases.patient import booking, free_times, specialists
from usecases.patient.appointment import appointment
from usecases.patient.specialists import Search
from usecases.scheduling.holding import Hold

router = APIRouter()
MOST_WEEKS = 60


@router.get("/specialists")
async def find(request: Request, context: TheContext, locale: TheLocale, patient: ThePatient) -> Response:
    """A filter nobody offers finds everybody, and says so."""
    refusal: Refusal | None = None
    sent = {name: value for name, value in request.query_params.items() if value}
    try:
        search = Search.model_validate(sent)
    except ValidationError as error:
        search, refusal = Search(), InvalidInput(mistakes(error))
    view = await specialists.directory(context, patient, search, locale)
    ways = around(request, view.paging)
    return page(request, "patient/specialists.html", refusal=refusal, form=sent, view=view, words=words, around=ways)


@router.get("/specialists/{specialist_id}")
async def times(
    request: Request,
    context: TheContext,
    locale: TheLocale,
    patient: ThePatient,
    specialist_id: UUID,
    type: str | None = None,
    week: int = 0,
) -> Response:
    return await _times(request, context, patient, locale, specialist_id, type, week)


@router.post("/specialists/{specialist_id}")
async def hold(
    request: Request,
    context: TheContext,
    locale: TheLocale,
    patient: ThePatient,
    specialist_id: UUID,
    type: str | None = None,
    week: int = 0,
) -> Response:
    try:
        wanted = await command(request, Hold, specialist_id=specialist_id)
        appointment_id = await booking.book(context, patient, wanted)
    except BookedMeanwhile as no:
        said = _("You have chosen this time in the meantime. The one you chose last is free again.")
        return see_other(f"/appointments/{no.details['appointment']}", said, "warn")
    except Refusal as no:
        form = await typed(request)
        no = unless_chosen(no, form)
        return await _times(request, context, patient, locale, specialist_id, type, week, refusal=no, form=form)
    view = await appointment(context, patient, appointment_id, locale)
    if not view.price:
        booked = _("Thank you. Your appointment is booked.") if view.status == "confirmed" else ""
        return see_other(f"/appointments/{appointment_id}", booked)
    return see_other(f"/appointments/{appointment_id}/pay", _("This time is held for you."))


async def _times(
    request: Request,
    context: Context,
    patient: ThePatient,
    locale: str,
    specialist_id: UUID,
    key: str | None,
    week: int,
    **more: Any,
) -> Response:
    week = min(max(week, 0), MOST_WEEKS)
    view = await free_times.slots(context, patient, specialist_id, key, week, locale)
    return page(
        request, "patient/specialist.html", view=view, days=by_day(view.times), key=uuid4(), words=words, **more
    )


def by_day(times: Iterable[datetime]) -> list[tuple[date, list[tuple[str, datetime]]]]:
    """Free times as the form shows them, by day of the reader's calendar."""
    days = groupby(times, key=lambda start: local(start).date())
    return [(day, [(start.isoformat(), start) for start in starts]) for day, starts in days]


def unless_chosen(refusal: Refusal, form: Typed) -> Refusal:
    """A time is chosen, not filled in."""
    if isinstance(refusal, InvalidInput) and not form.get("start"):
        return InvalidInput(refusal.errors | {"start": N_("Choose a time.")})
    return refusal
