"""What was paid, paid back or declined, and receipts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Patient
from domain.brand_colour import accent_hex
from domain.ledger import GIVEN
from domain.money import Money
from domain.refusals import NotFound
from domain.words import said
from models import Appointment, AppointmentType, Brand, LedgerIntent, Organization, Person, Specialist
from models import Patient as PatientRow
from usecases.context import Context
from usecases.listing import ROWS, ListQuery, Paging, page_within
from usecases.permission import needs
from usecases.views import View


class PaymentView(View):
    """`kind` charge or refund; `status` intended, pending, succeeded, declined, canceled, parked or settled.

    `way` of a settled one: desk (the card again) or transfer (from bank to bank); else "".
    """

    id: UUID
    appointment_id: UUID
    kind: str
    status: str
    reason: str
    way: str
    amount: Money
    title: str
    specialist_name: str
    starts_at: datetime
    at: datetime


class PaymentList(View):
    rows: tuple[PaymentView, ...]
    paging: Paging


class Receipt(View):
    """`number` is the payment's own; a receipt never changes. `brand_colour` is #rrggbb."""

    number: str
    payment: PaymentView
    payer: str
    seller: str
    brand: str
    brand_colour: str
    support_email: str
    issued_at: datetime
    time_zone: str


@needs("payment:read")
async def payments(context: Context, patient: Patient, locale: str) -> list[PaymentView]:
    """The newest first."""
    async with context.database.transaction(patient) as session:
        return await _payments(session, patient, locale)


@needs("payment:read")
async def payment_list(context: Context, patient: Patient, query: ListQuery, locale: str) -> PaymentList:
    """The newest first, a page of them."""
    mine = select(func.count()).select_from(LedgerIntent).where(*_of(patient))
    async with context.database.transaction(patient) as session:
        total = await session.scalar(mine) or 0
        page = page_within(query.page, total)
        rows = await _payments(session, patient, locale, page=page)
    return PaymentList(rows=tuple(rows), paging=Paging(page=page, total=total))


@needs("payment:read")
async def receipt(context: Context, patient: Patient, payment_id: UUID, locale: str) -> Receipt:
    """Raises `NotFound`, also for what has not gone through."""
    async with context.database.transaction(patient) as session:
        found = await _payments(session, patient, locale, payment_id)
        if not found or found[0].status not in GIVEN:
            raise NotFound
        row = await session.get_one(PatientRow, patient.patient_id)
        person = await session.get_one(Person, row.person_id)
        organization = await session.get_one(Organization, patient.organization_id)
        brand = await session.get_one(Brand, patient.brand_id)
    return Receipt(
        number=str(payment_id).upper()[:13],
        payment=found[0],
        payer=person.full_name,
        seller=organization.legal_name,
        brand=brand.name,
        brand_colour=accent_hex(brand.hue),
        support_email=brand.support_email,
        issued_at=found[0].at,
        time_zone=person.time_zone,
    )


def _of(patient: Patient) -> tuple[ColumnElement[bool], ...]:
    return col(LedgerIntent.patient_id) == patient.patient_id, col(LedgerIntent.amount) > 0


async def _payments(
    session: AsyncSession, patient: Patient, locale: str, payment_id: UUID | None = None, page: int | None = None
) -> list[PaymentView]:
    query = (
        select(LedgerIntent, Appointment, AppointmentType, Specialist)
        .join(Appointment, col(Appointment.id) == col(LedgerIntent.appointment_id))
        .join(AppointmentType, col(AppointmentType.id) == col(Appointment.appointment_type_id))
        .join(Specialist, col(Specialist.id) == col(Appointment.specialist_id))
        .where(*_of(patient))
        .order_by(col(LedgerIntent.created_at).desc(), col(LedgerIntent.id))
    )
    if page is not None:
        query = query.limit(ROWS).offset((page - 1) * ROWS)
    if payment_id is not None:
        query = query.where(col(LedgerIntent.id) == payment_id)
    return [
        PaymentView(
            id=intent.id,
            appointment_id=intent.appointment_id,
            kind=intent.kind,
            status=intent.status,
            reason=intent.reason,
            way=intent.way,
            amount=Money(intent.amount, intent.currency),
            title=said(kind.name, locale),
            specialist_name=specialist.display_name,
            starts_at=row.starts_at,
            at=intent.settled_at or intent.created_at,
        )
        for intent, row, kind, specialist in (await session.execute(query)).all()
    ]
