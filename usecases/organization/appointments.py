"""Every appointment of the organization, and cancelling one in the organization's name."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy import select
from sqlmodel import col

from domain.actors import Operator
from domain.money import Money
from domain.refusals import NotFound
from domain.words import said
from models import Appointment, AppointmentType, Brand, Patient, Person, Specialist
from usecases.context import Context
from usecases.organization.listing import (
    ListQuery,
    Paging,
    Statement,
    begins,
    day_after,
    full_name,
    named_like,
    paged,
    zone_of,
)
from usecases.permission import needs
from usecases.processes import appointment_handle, ask
from usecases.views import Command, View
from workflows.appointment import Appointment as AppointmentProcess
from workflows.commands import Cancel

Status = Literal["held", "confirmed", "waiting", "in-session", "completed", "no-show", "cancelled", "released"]
Sort = Literal["starts", "-starts", "patient", "specialist"]
ORDER: dict[Sort, tuple[Any, ...]] = {
    "starts": (col(Appointment.starts_at), col(Appointment.id)),
    "-starts": (col(Appointment.starts_at).desc(), col(Appointment.id)),
    "patient": (col(Person.family_name), col(Person.given_name), col(Appointment.id)),
    "specialist": (col(Specialist.display_name), col(Appointment.starts_at), col(Appointment.id)),
}


class AppointmentQuery(ListQuery):
    """`since` and `until` are days on the organization's clock, both included; they win over `when`."""

    when: Literal["upcoming", "past", "all"] = "upcoming"
    brand: str | None = None
    status: Status | None = None
    specialist: UUID | None = None
    since: date | None = None
    until: date | None = None
    sort: Sort | None = None


class AppointmentRow(View):
    """`price` is what was agreed, `paid` whether it has been paid."""

    id: UUID
    patient_id: UUID
    patient: str
    specialist_id: UUID
    specialist: str
    brand: str
    kind: str
    status: str
    starts_at: datetime
    ends_at: datetime
    modality: str
    price: Money
    paid: bool
    absent: str
    cancelled_by: str


class AppointmentList(View):
    rows: tuple[AppointmentRow, ...]
    paging: Paging


class CancelAppointment(Command):
    """`key` names this wish for ever: the same again is the same cancellation."""

    key: str = Field(min_length=8, max_length=64)


@needs("appointment:read")
async def appointments(context: Context, operator: Operator, query: AppointmentQuery, locale: str) -> AppointmentList:
    now = context.now()
    async with context.database.transaction(operator) as session:
        statement = _matching(operator, query)
        if query.since or query.until:
            statement = _between(statement, query, await zone_of(session, operator))
        elif query.when != "all":
            upcoming = col(Appointment.ends_at) >= now
            statement = statement.where(upcoming if query.when == "upcoming" else ~upcoming)
        sort = query.sort or ("starts" if query.when == "upcoming" else "-starts")
        found, paging = await paged(session, statement, ORDER[sort], query.page)
    return AppointmentList(rows=rows_of(found, locale), paging=paging)


@needs("appointment:cancel", of="appointment")
async def cancel(context: Context, operator: Operator, appointment_id: UUID, command: CancelAppointment) -> None:
    """The patient gets everything back. Raises `NotFound`, `NotAllowed`, `NotInThisState` once it is over."""
    async with context.database.transaction(operator) as session:
        row = await session.get(Appointment, appointment_id)
    if row is None or row.organization_id != operator.organization_id:
        raise NotFound
    handle = appointment_handle(context.temporal, appointment_id)
    key = f"cancel/{command.key}"
    await ask(handle.execute_update(AppointmentProcess.cancel, Cancel(by="organization"), id=key))


def all_appointments(operator: Operator) -> Statement:
    """Rows of (appointment, patient's name, specialist's name, brand's name, type's name by locale)."""
    return (
        select(Appointment, full_name(), col(Specialist.display_name), col(Brand.name), col(AppointmentType.name))
        .join(Patient, col(Patient.id) == col(Appointment.patient_id))
        .join(Person, col(Person.id) == col(Patient.person_id))
        .join(Specialist, col(Specialist.id) == col(Appointment.specialist_id))
        .join(Brand, col(Brand.id) == col(Appointment.brand_id))
        .join(AppointmentType, col(AppointmentType.id) == col(Appointment.appointment_type_id))
        .where(col(Appointment.organization_id) == operator.organization_id)
    )


def _between(statement: Statement, query: AppointmentQuery, zone: ZoneInfo) -> Statement:
    if query.since:
        statement = statement.where(col(Appointment.starts_at) >= begins(query.since, zone))
    if query.until:
        statement = statement.where(col(Appointment.starts_at) < begins(day_after(query.until), zone))
    return statement


def _matching(operator: Operator, query: AppointmentQuery) -> Statement:
    statement = all_appointments(operator)
    if query.brand:
        statement = statement.where(col(Brand.key) == query.brand)
    if query.status:
        statement = statement.where(col(Appointment.status) == query.status)
    if query.specialist:
        statement = statement.where(col(Appointment.specialist_id) == query.specialist)
    return statement.where(named_like(query.search)) if query.search else statement


def rows_of(found: Iterable[Any], locale: str) -> tuple[AppointmentRow, ...]:
    return tuple(
        AppointmentRow(
            **row.model_dump(include=set(AppointmentRow.model_fields)),
            patient=patient,
            specialist=specialist,
            brand=brand,
            kind=said(kind, locale),
            price=Money(row.amount, row.currency),
        )
        for row, patient, specialist, brand, kind in found
    )
