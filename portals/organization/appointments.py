"""Appointments: all of them, one with why, messages and money, and cancelling it for the organization."""

from uuid import UUID, uuid4

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.refusals import Refusal
from portals.core.door import TheContext, TheFreshIdentity
from portals.core.flash import see_other
from portals.core.forms import command
from portals.core.i18n import gettext as _
from portals.core.listing import listed, sifted
from portals.core.rendering import page
from portals.organization.door import TheLanguage, TheOperator
from usecases.organization import appointment, appointments, choices
from usecases.organization.appointments import AppointmentSearch, CancelAppointment

router = APIRouter(prefix="/appointments")


@router.get("")
async def every_appointment(
    request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage
) -> Response:
    query, no = sifted(request, AppointmentSearch)
    view = await appointments.appointments(context, operator, query, lang)
    offered = await choices.choices(context, operator)
    return page(
        request, "organization/appointments.html", view=view, choices=offered, **listed(request, view.paging, no)
    )


@router.get("/{appointment_id}")
async def one_appointment(
    request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage, appointment_id: UUID
) -> Response:
    view = await appointment.appointment(context, operator, appointment_id, lang)
    return page(request, "organization/appointment.html", view=view, key=uuid4())


@router.post("/{appointment_id}/cancel")
async def cancel(
    request: Request,
    context: TheContext,
    operator: TheOperator,
    _fresh: TheFreshIdentity,
    lang: TheLanguage,
    appointment_id: UUID,
) -> Response:
    try:
        await appointments.cancel(context, operator, appointment_id, await command(request, CancelAppointment))
    except Refusal as no:
        view = await appointment.appointment(context, operator, appointment_id, lang)
        return page(request, "organization/appointment.html", refusal=no, view=view, key=uuid4())
    return see_other(
        f"/appointments/{appointment_id}", _("The appointment is cancelled. The patient gets everything back.")
    )
