"""The start page: one next step, where the patient is, and why something waits."""

from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.requests import Request

from domain.refusals import Refusal
from portals.core.door import TheContext, TheHub, asks
from portals.core.flash import see_other
from portals.core.forms import command
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from portals.patient import words
from portals.patient.door import TheLocale, ThePatient
from usecases.patient import home as start
from usecases.patient.home import BeginJourney

router = APIRouter()


@router.get("/")
async def home(request: Request, context: TheContext, locale: TheLocale, patient: ThePatient) -> Response:
    view = await start.home(context, patient, locale)
    return page(request, "patient/home.html", view=view, words=words, now=context.now())


@router.post("/journeys")
async def begin(request: Request, context: TheContext, locale: TheLocale, patient: ThePatient) -> Response:
    try:
        await start.begin(context, patient, await command(request, BeginJourney))
    except Refusal as no:
        view = await start.home(context, patient, locale)
        return page(request, "patient/home.html", refusal=no, view=view, words=words, now=context.now())
    return see_other("/", _("You have begun. Here is your first step."))


@router.get("/journeys", dependencies=[asks("home:read")])
async def journeys(patient: ThePatient) -> Response:
    """Where a reload after a refused start ends up."""
    return RedirectResponse("/", 303)


@router.get("/events", response_class=EventSourceResponse, dependencies=[asks("home:read")])
async def events(patient: ThePatient, hub: TheHub) -> AsyncIterator[ServerSentEvent]:
    async for event in hub.events(f"patient/{patient.patient_id}"):
        yield event
