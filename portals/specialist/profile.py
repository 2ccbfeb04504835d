"""The specialist's own page: what patients read, and what is settled elsewhere."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.money import Money
from domain.refusals import Refusal
from portals.core.door import TheContext
from portals.core.flash import see_other
from portals.core.formats import format_money, format_percent, language_name, zones
from portals.core.forms import command, end_of, typed
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from portals.core.site import visit_of
from portals.specialist import words
from portals.specialist.door import TheLocale, TheSpecialist
from usecases.context import Context
from usecases.permission import may
from usecases.specialist import assistance, profile
from usecases.specialist.assistance import LetAssist
from usecases.specialist.profile import SaveProfile

router = APIRouter(prefix="/profile")
BIOGRAPHY, MANAGES = "biography_", "assistance:manage"


@router.get("")
async def profile_page(request: Request, context: TheContext, specialist: TheSpecialist, locale: TheLocale) -> Response:
    return await _page(request, context, specialist, locale)


@router.post("")
async def save(request: Request, context: TheContext, specialist: TheSpecialist, locale: TheLocale) -> Response:
    form = await typed(request)
    texts = {name.removeprefix(BIOGRAPHY): text for name, text in form.items() if name.startswith(BIOGRAPHY)}
    languages = form.get("languages", [])
    given = [languages] if isinstance(languages, str) else languages
    try:
        wanted = await command(request, SaveProfile, beside=BIOGRAPHY, languages=given, biography=texts)
        await profile.save_profile(context, specialist, wanted)
    except Refusal as no:
        return await _page(request, context, specialist, locale, no)
    return see_other("/profile", _("Your profile is saved."))


@router.post("/assistances")
async def let_assist(request: Request, context: TheContext, specialist: TheSpecialist, locale: TheLocale) -> Response:
    try:
        until = end_of((await typed(request)).get("until", ""))
        await assistance.let_assist(context, specialist, await command(request, LetAssist, until=until))
    except Refusal as no:
        return await _page(request, context, specialist, locale, no)
    return see_other("/profile", _("They can act for you now."))


@router.post("/assistances/{assistance_id}/end")
async def end_assistance(context: TheContext, specialist: TheSpecialist, assistance_id: UUID) -> Response:
    await assistance.end_assistance(context, specialist, assistance_id)
    return see_other("/profile", _("They act for you no longer."))


async def _page(
    request: Request, context: Context, specialist: TheSpecialist, locale: str, refusal: Refusal | None = None
) -> Response:
    view = await profile.profile(context, specialist, locale)
    stored: dict[str, Any] = {"languages": list(view.languages), "zone": view.zone}
    stored |= {f"{BIOGRAPHY}{tag}": text for tag, text in view.biography.items()}
    form = await typed(request) if refusal else stored
    if isinstance(form.get("languages"), str):
        form["languages"] = [form["languages"]]
    return page(
        request,
        "specialist/profile.html",
        refusal=refusal,
        form=form,
        view=view,
        zones=zones(view.zone),
        languages=[(tag, language_name(tag)) for tag in sorted({*words.LANGUAGES, *view.languages})],
        locales=[(tag, language_name(tag)) for tag in visit_of(request).site.locales],
        terms_said=terms_said,
        words=words,
        may_write=may(specialist, "profile:write"),
        assistances=await assistance.assistances(context, specialist) if may(specialist, MANAGES) else None,
    )


def terms_said(terms: dict[str, Any]) -> str:
    """Contract terms in a sentence."""
    match terms:
        case {"kind": "percentage", "percent": percent}:
            return _("%(share)s of the price of each session", share=format_percent(percent / 100))
        case {"kind": "flat", "amount": amount, "currency": currency}:
            return _("%(amount)s for each session", amount=format_money(Money(amount, currency)))
        case {"kind": "hourly", "amount": amount, "currency": currency}:
            return _("%(amount)s for each hour", amount=format_money(Money(amount, currency)))
        case _:
            return _("As agreed in the contract")
