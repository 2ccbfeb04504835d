"""Consents: read, give, withdraw, and what was given when."""

from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.refusals import InvalidInput, Refusal
from portals.core.door import TheContext
from portals.core.flash import see_other
from portals.core.forms import command, typed
from portals.core.i18n import N_
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from portals.core.way_back import same_site
from portals.patient import words
from portals.patient.door import TheLocale, ThePatient
from usecases.patient import consents
from usecases.patient.consents import ConsentsView, GiveConsents, WithdrawConsent

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
    """Nothing ticked is a mistake of every box that has to be."""
    before, onward = await consents.consents(context, patient, locale), same_site(next, "")
    try:
        await consents.give(context, patient, await command(request, GiveConsents), locale, "portal")
    except Refusal as no:
        form = await typed(request)
        no = no if form.get("kinds") else _nothing_ticked(before)
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


def _nothing_ticked(view: ConsentsView) -> InvalidInput:
    """At the texts without which nothing can be booked; at all of them when only others are left."""
    open_ones = [each for each in view.consents if each.status != "active"]
    wanted = [each for each in open_ones if each.required] or open_ones
    return InvalidInput({f"kinds-{each.kind}": N_("Tick the box if you agree.") for each in wanted})
