"""What was paid, receipts to keep, saved cards."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.refusals import Refusal, StillWorking
from portals.core.door import TheContext
from portals.core.flash import see_other
from portals.core.forms import typed
from portals.core.i18n import gettext as _
from portals.core.listing import around, sifted
from portals.core.rendering import page
from portals.patient import words
from portals.patient.door import TheLocale, ThePatient
from threshold.receipts import receipt_pdf
from usecases.context import Context
from usecases.listing import ListQuery
from usecases.patient import cards, receipts

router = APIRouter()


@router.get("/payments")
async def show(request: Request, context: TheContext, locale: TheLocale, patient: ThePatient) -> Response:
    return await _page(request, context, patient, locale)


@router.get("/payments/{payment_id}")
async def receipt(
    request: Request, context: TheContext, locale: TheLocale, patient: ThePatient, payment_id: UUID
) -> Response:
    view = await receipts.receipt(context, patient, payment_id, locale)
    return page(request, "patient/receipt.html", view=view)


@router.get("/payments/{payment_id}/receipt.pdf")
async def receipt_file(context: TheContext, locale: TheLocale, patient: ThePatient, payment_id: UUID) -> Response:
    view = await receipts.receipt(context, patient, payment_id, locale)
    headers = {"Content-Disposition": f'attachment; filename="receipt-{view.number}.pdf"'}
    return Response(await receipt_pdf(view, locale), headers=headers, media_type="application/pdf")


@router.post("/cards/forget")
async def forget(request: Request, context: TheContext, locale: TheLocale, patient: ThePatient) -> Response:
    chosen = str((await typed(request)).get("payment_method", ""))
    try:
        await cards.forget(context, patient, chosen)
    except Refusal as no:
        return await _page(request, context, patient, locale, no)
    return see_other("/payments", _("The card is removed."))


async def _page(
    request: Request, context: Context, patient: ThePatient, locale: str, refusal: Refusal | None = None
) -> Response:
    """Without the vendor the page still shows what was paid."""
    try:
        saved, reachable = await cards.cards(context, patient), True
    except StillWorking:
        saved, reachable = [], False
    query, _no = sifted(request, ListQuery)
    made = await receipts.payment_list(context, patient, query, locale)
    return page(
        request,
        "patient/payments.html",
        refusal=refusal,
        payments=made.rows,
        around=around(request, made.paging),
        cards=saved,
        reachable=reachable,
        words=words,
    )
