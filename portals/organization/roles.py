"""Roles: what each allows, the organization's own, lending one's own; and the access matrix."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from domain.access.permissions import ORGANIZATION
from domain.refusals import Refusal
from portals.core.door import TheContext
from portals.core.flash import see_other
from portals.core.forms import command, end_of, typed
from portals.core.i18n import gettext as _
from portals.core.rendering import page
from portals.core.role_titles import role_title
from portals.organization.door import TheOperator
from usecases.context import Context
from usecases.organization import access, people, roles, staffing
from usecases.organization.roles import ProposeRole
from usecases.organization.staffing import LendRole
from usecases.permission import may

router = APIRouter()


@router.get("/roles")
async def every_role(request: Request, context: TheContext, operator: TheOperator) -> Response:
    return await _page(request, context, operator)


@router.post("/roles")
async def propose_role(request: Request, context: TheContext, operator: TheOperator) -> Response:
    try:
        await roles.propose_role(context, operator, await command(request, ProposeRole))
    except Refusal as no:
        return await _page(request, context, operator, no)
    return see_other("/roles", _("The role is made."))


@router.post("/roles/{role_id}/approval")
async def approve_role(request: Request, context: TheContext, operator: TheOperator, role_id: UUID) -> Response:
    try:
        await roles.approve_role(context, operator, role_id)
    except Refusal as no:
        return await _page(request, context, operator, no)
    return see_other("/roles", _("The role can be given now."))


@router.post("/roles/{role_id}/retire")
async def retire_role(request: Request, context: TheContext, operator: TheOperator, role_id: UUID) -> Response:
    try:
        await roles.retire_role(context, operator, role_id)
    except Refusal as no:
        return await _page(request, context, operator, no)
    return see_other("/roles", _("The role is retired."))


@router.post("/loans")
async def lend_role(request: Request, context: TheContext, operator: TheOperator) -> Response:
    try:
        until = end_of(str((await typed(request)).get("until", "")))
        await staffing.lend_role(context, operator, await command(request, LendRole, until=until))
    except Refusal as no:
        return await _page(request, context, operator, no)
    return see_other("/roles", _("The role is lent."))


@router.post("/loans/{loan_id}/end")
async def end_loan(request: Request, context: TheContext, operator: TheOperator, loan_id: UUID) -> Response:
    try:
        await staffing.end_loan(context, operator, loan_id)
    except Refusal as no:
        return await _page(request, context, operator, no)
    return see_other("/roles", _("The loan has ended."))


@router.get("/access")
async def access_matrix(request: Request, context: TheContext, operator: TheOperator) -> Response:
    portals, own = await access.access_matrix(context, operator), await roles.own_titles(context, operator)
    return page(request, "organization/access.html", portals=portals, own=own)


async def _page(request: Request, context: Context, operator: TheOperator, refusal: Refusal | None = None) -> Response:
    form: dict[str, Any] = await typed(request) if refusal else {}
    if isinstance(form.get("permissions"), str):
        form["permissions"] = [form["permissions"]]
    others, own = await people.colleagues(context, operator), await roles.own_titles(context, operator)
    return page(
        request,
        "organization/roles.html",
        refusal=refusal,
        form=form,
        roles=await roles.roles(context, operator),
        own=own,
        loans=await staffing.loans(context, operator),
        colleagues=[(str(person_id), name) for person_id, name in others],
        own_roles=[(key, role_title(key, own)) for key in sorted(operator.roles)],
        acts=[(act.name, _(act.does)) for act in ORGANIZATION if act.name in operator.permissions],
        said={act.name: _(act.does) for act in ORGANIZATION},
        may_make=may(operator, "role:manage"),
        may_lend=may(operator, "delegation:give"),
    )
