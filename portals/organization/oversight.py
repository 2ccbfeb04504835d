"""What was sent, and what was paid."""

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from portals.core.door import TheContext
from portals.core.listing import listed, sifted
from portals.core.rendering import page
from portals.organization.door import TheOperator
from usecases.organization import messages, payments
from usecases.organization.messages import MessageSearch
from usecases.organization.payments import PaymentSearch

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
