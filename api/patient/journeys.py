"""The start page, journeys and their forms."""

from uuid import UUID

from fastapi import APIRouter

from api.door import TheContext
from api.patient.door import TheLocale, ThePatient
from usecases.patient import forms
from usecases.patient import home as start
from usecases.patient.forms import Answers, FormView
from usecases.patient.home import BeginJourney, HomeView
from usecases.patient.why import own_journey
from usecases.views import View
from usecases.why import JourneyWhy

router = APIRouter(tags=["journeys"])


class Begun(View):
    id: UUID


@router.get("/home")
async def home(context: TheContext, patient: ThePatient, locale: TheLocale) -> HomeView:
    """What is next, where the patient is, and what is coming."""
    return await start.home(context, patient, locale)


@router.post("/journeys", status_code=201)
async def begin(context: TheContext, patient: ThePatient, command: BeginJourney) -> Begun:
    return Begun(id=await start.begin(context, patient, command))


@router.get("/journeys/{journey_id}/why")
async def why(context: TheContext, patient: ThePatient, locale: TheLocale, journey_id: UUID) -> JourneyWhy:
    """Where it is, who it waits for, until when, what then, and what happened before."""
    return await own_journey(context, patient, journey_id, locale)


@router.get("/journeys/{journey_id}/form")
async def form(context: TheContext, patient: ThePatient, locale: TheLocale, journey_id: UUID) -> FormView:
    """The form the journey waits for, with what is answered so far."""
    return await forms.open_form(context, patient, journey_id, locale)


@router.put("/journeys/{journey_id}/form")
async def save(
    context: TheContext, patient: ThePatient, locale: TheLocale, journey_id: UUID, command: Answers
) -> FormView:
    """Keep what is answered so far."""
    return await forms.save(context, patient, journey_id, command, locale)


@router.post("/journeys/{journey_id}/form/complete", status_code=204)
async def complete(
    context: TheContext, patient: ThePatient, locale: TheLocale, journey_id: UUID, command: Answers
) -> None:
    """Complete the form; the journey goes on."""
    await forms.complete(context, patient, journey_id, command, locale)
