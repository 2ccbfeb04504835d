"""What was sent, what was paid, and who may do what."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.door import FRESH, TheContext
from api.organization.door import TheOperator
from usecases.organization import access, messages, parked, payments, settling
from usecases.organization.access import PortalMatrix
from usecases.organization.messages import MessageList, MessageQuery, MessageSearch
from usecases.organization.parked import RefundPage
from usecases.organization.payments import PaymentList, PaymentQuery, PaymentSearch
from usecases.organization.settling import SettleRefund

router = APIRouter(tags=["oversight"])


@router.get("/messages")
async def every_message(
    context: TheContext, operator: TheOperator, query: Annotated[MessageQuery, Query()]
) -> MessageList:
    return await messages.messages(context, operator, query)


@router.post("/messages/search")
async def search_messages(context: TheContext, operator: TheOperator, query: MessageSearch) -> MessageList:
    return await messages.messages(context, operator, query)


@router.get("/payments")
async def every_payment(
    context: TheContext, operator: TheOperator, query: Annotated[PaymentQuery, Query()]
) -> PaymentList:
    return await payments.payments(context, operator, query)


@router.post("/payments/search")
async def search_payments(context: TheContext, operator: TheOperator, query: PaymentSearch) -> PaymentList:
    return await payments.payments(context, operator, query)


@router.get("/payments/{payment_id}")
async def one_refund(context: TheContext, operator: TheOperator, payment_id: UUID) -> RefundPage:
    return await parked.refund(context, operator, payment_id)


@router.post("/payments/{payment_id}/settlement", status_code=204, dependencies=[FRESH])
async def settle_refund(context: TheContext, operator: TheOperator, payment_id: UUID, command: SettleRefund) -> None:
    """The patient has got the money that the card vendor did not give back."""
    await settling.settle(context, operator, payment_id, command)


@router.get("/access")
async def access_matrix(context: TheContext, operator: TheOperator) -> tuple[PortalMatrix, ...]:
    return await access.access_matrix(context, operator)
