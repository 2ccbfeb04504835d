"""Profile, and how the patient wants to be reached."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.refusals import ProfileChanged, Refusal
from portals.core.door import TheContext
from portals.core.flash import see_other
from portals.core.formats import format_date, place_name, zone_name, zones
from portals.core.forms import Typed, command, typed
from portals.core.i18n import gettext as _
from portals.core.places import places
from portals.core.rendering import page
from portals.core.site import LANGUAGE_COOKIE
from portals.patient import words
from portals.patient.door import ThePatient
from usecases.patient import preferences, profile
from usecases.patient.preferences import SavePreferences
from usecases.patient.profile import ProfileView, SaveProfile

router = APIRouter()


@router.get("/profile")
async def show(request: Request, context: TheContext, patient: ThePatient) -> Response:
    view = await profile.profile(context, patient)
    stored = {name: "" if value is None else value for name, value in view.model_dump().items()}
    return page(request, "patient/profile.html", form=stored, view=view, newer={}, **choices(view.time_zone))


@router.post("/profile")
async def save(request: Request, context: TheContext, patient: ThePatient) -> Response:
    try:
        await profile.save(context, patient, await command(request, SaveProfile))
    except Refusal as no:
        view = await profile.profile(context, patient)
        form = await typed(request)
        newer = newer_than(form, view) if isinstance(no, ProfileChanged) else {}
        form |= {"version": view.version} if isinstance(no, ProfileChanged) else {}
        return page(
            request, "patient/profile.html", refusal=no, form=form, view=view, newer=newer, **choices(view.time_zone)
        )
    return see_other("/profile", _("Your profile is saved."))


@router.get("/preferences")
async def show_preferences(request: Request, context: TheContext, patient: ThePatient) -> Response:
    view = await preferences.preferences(context, patient)
    form = {"locale": view.locale, "phone": view.phone, **{n.replace("-", "_"): c for n, c in view.channels.items()}}
    return page(request, "patient/preferences.html", form=form, view=view, words=words)


@router.post("/preferences")
async def save_preferences(request: Request, context: TheContext, patient: ThePatient) -> Response:
    """The language chosen here wins over the one of the switch."""
    try:
        await preferences.save(context, patient, await command(request, SavePreferences))
    except Refusal as no:
        view = await preferences.preferences(context, patient)
        form = await typed(request)
        return page(request, "patient/preferences.html", refusal=no, form=form, view=view, words=words)
    response = see_other("/preferences", _("Your wishes are saved."))
    response.delete_cookie(LANGUAGE_COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return response


def newer_than(form: Typed, view: ProfileView) -> dict[str, str]:
    """Field -> what is saved now, as it is read, of each field in which the form says something else."""
    read = {
        "birth_date": format_date(view.birth_date, "long") if view.birth_date else "",
        "gender": _(words.GENDER.get(view.gender, view.gender)),
        "jurisdiction": place_name(view.jurisdiction),
        "time_zone": zone_name(view.time_zone),
    }
    saved = view.model_dump(mode="json", exclude={"version", "email"})
    differing = [name for name, value in saved.items() if str(form.get(name, "")).strip() != (value or "")]
    return {name: read.get(name, saved[name]) or _("Empty") for name in differing}


def choices(zone: str) -> dict[str, Any]:
    return {"places": places(), "zones": zones(zone), "words": words}
