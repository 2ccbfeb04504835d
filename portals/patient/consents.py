"""Consents: read, give, withdraw, and what was given when."""

from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.refusals import Refusal
from portals.core.door import TheContext
from portals.core.flash import see_other
from portals.core.forms import command, typed
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from portals.core.way_back import same_site
from portals.patient import words
from portals.patient.door import TheLocale, ThePatient
from usecases.patient import consents
from usecases.patient.consents import GiveConsents, WithdrawConsent

router = APIRouter()


@router.get("/consents")
async def show(
    request: Request, context: TheContext, locale: TheLocale, patient: ThePatient, next: str = ""
) -> Response:
    """`next`: where the consent was missing, and it goes on afterwards."""
    view = await consents.consents(context, patient, locale)
    return page(request, "patient/consents.html", view=view, words=words, next=same_site(next, ""))


@router.post("/consents")
async def give(
    request: Request, context: TheContext, locale: TheLocale, patient: ThePatient, next: str = ""
) -> Response:
    """Nothing ticked is a mistake that is marked at the first box."""
    before, onward = await consents.consents(context, patient, locale), same_site(next, "")
    try:
        await consents.give(context, patient, await command(request, GiveConsents), locale, "portal")
    except Refusal as no:
        form = await typed(request)
        return page(request, "patient/consents.html", refusal=no, form=form, view=before, words=words, next=onward)
    said = _("Thank you. Your consent is recorded.")
    after = await consents.consents(context, patient, locale)
    if onward:
        return see_other(onward if after.complete else f"/consents?next={quote(onward)}", said)
    return see_other("/" if before.awaited and not after.awaited else "/consents", said)


@router.post("/consents/withdraw")
async def withdraw(request: Request, context: TheContext, locale: TheLocale, patient: ThePatient) -> Response:
    try:
        await consents.withdraw(context, patient, await command(request, WithdrawConsent))
    except Refusal as no:
        view = await consents.consents(context, patient, locale)
        return page(request, "patient/consents.html", refusal=no, view=view, words=words, next="")
    return see_other("/consents", _("Your consent is withdrawn."))
