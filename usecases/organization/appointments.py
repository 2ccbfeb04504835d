"""Every appointment of the organization, and cancelling one in the organization's name."""

from dataclasses import replace
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from domain.actors import Operator
from domain.refusals import NotFound
from models import Appointment
from usecases.context import Context
from usecases.listing import (
    ROWS,
    ByDay,
    ByName,
    ListQuery,
    Paging,
    counted_to,
    page_within,
    paging_of,
    sought,
)
from usecases.organization.appointment_rows import AppointmentRow, Found, Sort, Wanted, find_appointments
from usecases.organization.listing import begins, day_after, zone_of
from usecases.organization.named import patients_named
from usecases.permission import needs
from usecases.processes import appointment_handle, ask
from usecases.views import Command, View
from workflows.appointment import Appointment as AppointmentProcess
from workflows.commands import Cancel

Status = Literal["held", "confirmed", "waiting", "in-session", "completed", "no-show", "cancelled", "released"]


class AppointmentQuery(ListQuery, ByDay):
    """The days win over `when`. `treating` stands somewhere in the specialist's name."""

    when: Literal["upcoming", "past", "all"] = "upcoming"
    brand: str | None = Field(None, max_length=60)
    status: Status | None = None
    specialist: UUID | None = None
    treating: str = Field("", max_length=80)
    sort: Sort | None = None


class AppointmentSearch(AppointmentQuery, ByName):
    """The same, by name."""


class AppointmentList(View):
    rows: tuple[AppointmentRow, ...]
    paging: Paging


class CancelAppointment(Command):
    """`key` names this wish for ever: the same again is the same cancellation. What has been moved away from `start`,
    if that is said, is not cancelled."""

    key: str = Field(min_length=8, max_length=64)
    start: AwareDatetime | None = None


@needs("appointment:read")
async def appointments(context: Context, operator: Operator, query: AppointmentQuery, locale: str) -> AppointmentList:
    wanted = await _wanted(context, operator, query)
    sort = query.sort or ("starts" if query.when == "upcoming" else "-starts")

    async def found(page: int) -> Found:
        place = ROWS, (page - 1) * ROWS, counted_to(page)
        return await find_appointments(context.database, operator, wanted, locale, sort, *place)

    page, shown = query.page, await found(query.page)
    if not shown.rows and page > 1:
        page = page_within(page, shown.total)
        shown = await found(page)
    return AppointmentList(rows=shown.rows, paging=paging_of(page, shown.total))


@needs("appointment:cancel", of="appointment")
async def cancel(context: Context, operator: Operator, appointment_id: UUID, command: CancelAppointment) -> None:
    """The patient gets everything back. Raises `NotFound`, `NotAllowed`, `NotInThisState` once it is over or moved."""
    async with context.database.transaction(operator) as session:
        row = await session.get(Appointment, appointment_id)
    if row is None or row.organization_id != operator.organization_id:
        raise NotFound
    handle = appointment_handle(context.temporal, appointment_id)
    wanted, key = Cancel(by="organization", start=command.start), f"cancel/{command.key}"
    await ask(handle.execute_update(AppointmentProcess.cancel, wanted, id=key))


async def _wanted(context: Context, operator: Operator, query: AppointmentQuery) -> Wanted:
    treating = query.treating or None
    wanted = Wanted(brand=query.brand, status=query.status, specialist_id=query.specialist, treating=treating)
    name = sought(query)
    if query.since or query.until or name:
        async with context.database.transaction(operator) as session:
            few = await patients_named(session, name) if name else None
            zone = await zone_of(session, operator)
        wanted = replace(wanted, patients=few, search=name if name and few is None else None)
    if query.since or query.until:
        return replace(
            wanted,
            starts_from=begins(query.since, zone) if query.since else None,
            starts_before=begins(day_after(query.until), zone) if query.until else None,
        )
    match query.when:
        case "upcoming":
            return replace(wanted, ends_from=context.now())
        case "past":
            return replace(wanted, ends_before=context.now())
    return wanted
