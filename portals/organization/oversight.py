"""What was sent, what was paid, and refunds that wait for a person."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.refusals import Refusal
from domain.sign_in_rules import is_fresh
from portals.core.door import TheContext, TheFreshIdentity, TheIdentity
from portals.core.flash import see_other
from portals.core.forms import command, typed
from portals.core.i18n import gettext as _
from portals.core.listing import listed, sifted
from portals.core.rendering import page
from portals.organization.door import TheOperator
from usecases.organization import messages, parked, payments, settling
from usecases.organization.messages import MessageSearch
from usecases.organization.payments import PaymentSearch
from usecases.organization.settling import SettleRefund

router = APIRouter()


@router.get("/messages")
async def every_message(request: Request, context: TheContext, operator: TheOperator) -> Response:
    query, no = sifted(request, MessageSearch)
    view = await messages.messages(context, operator, query)
    return page(request, "organization/messages.html", view=view, **listed(request, view.paging, no))


@router.get("/payments")
async def every_payment(request: Request, context: TheContext, operator: TheOperator) -> Response:
    query, no = sifted(request, PaymentSearch)
    view = await payments.payments(context, operator, query)
    return page(request, "organization/payments.html", view=view, **listed(request, view.paging, no))


@router.get("/payments/{payment_id}")
async def one_refund(
    request: Request, context: TheContext, operator: TheOperator, identity: TheIdentity, payment_id: UUID
) -> Response:
    """Who has to show once more that it is them does so before they write down how."""
    view = await parked.refund(context, operator, payment_id)
    fresh = is_fresh(identity.confirmed_at, context.now())
    return page(request, "organization/refund.html", view=view, fresh=fresh)


@router.post("/payments/{payment_id}/settlement")
async def settle_refund(
    request: Request, context: TheContext, operator: TheOperator, _fresh: TheFreshIdentity, payment_id: UUID
) -> Response:
    try:
        await settling.settle(context, operator, payment_id, await command(request, SettleRefund))
    except Refusal as no:
        view = await parked.refund(context, operator, payment_id)
        return page(request, "organization/refund.html", refusal=no, form=await typed(request), view=view, fresh=True)
    return see_other("/payments", _("It is written down: the patient has the money back."))
