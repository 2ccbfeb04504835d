"""The team: specialists and staff, inviting them, giving and taking roles, signing somebody out."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field
from starlette.requests import Request

from domain.refusals import Refusal
from portals.core.door import TheContext, TheFreshIdentity
from portals.core.flash import see_other
from portals.core.forms import Typed, command, typed
from portals.core.i18n import gettext as _
from portals.core.listing import around, given, sifted
from portals.core.rendering import page
from portals.core.role_titles import role_title
from portals.organization.door import TheLanguage, TheOperator
from usecases.context import Context
from usecases.identity.invitations import Invite
from usecases.listing import PAGES, ByName, ListQuery
from usecases.organization import inviting, people, roles, staffing
from usecases.organization.people import SpecialistSearch, StaffSearch
from usecases.organization.staffing import ChangeRole
from usecases.permission import may

router = APIRouter()


class TeamSearch(ListQuery, ByName):
    """A page of the specialists, and one of the staff, of whoever has that name."""

    staff_page: int = Field(1, ge=1, le=PAGES)


@router.get("/people")
async def team(request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage) -> Response:
    return await _page(request, context, operator, lang)


@router.post("/staff/invitations")
async def invite(request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage) -> Response:
    try:
        await inviting.invite_colleague(context, operator, await command(request, Invite))
    except Refusal as no:
        return await _page(request, context, operator, lang, no, await typed(request))
    return see_other("/people", _("The invitation is on its way."))


@router.post("/staff/{person_id}/invitation")
async def send_invitation_again(
    request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage, person_id: UUID
) -> Response:
    try:
        await inviting.send_invitation_again(context, operator, person_id)
    except Refusal as no:
        return await _page(request, context, operator, lang, no)
    return see_other("/people", _("Another invitation is on its way. The one before opens nothing any more."))


@router.post("/staff/{person_id}/invitation/withdraw")
async def withdraw_invitation(
    request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage, person_id: UUID
) -> Response:
    try:
        await inviting.withdraw_invitation(context, operator, person_id)
    except Refusal as no:
        return await _page(request, context, operator, lang, no)
    return see_other("/people", _("The invitation is withdrawn."))


@router.post("/staff/roles")
async def give_role(request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage) -> Response:
    try:
        await staffing.give_role(context, operator, await command(request, ChangeRole))
    except Refusal as no:
        return await _page(request, context, operator, lang, no, await typed(request))
    return see_other("/people", _("The role is given."))


@router.post("/staff/roles/take")
async def take_role(request: Request, context: TheContext, operator: TheOperator, lang: TheLanguage) -> Response:
    try:
        await staffing.take_role(context, operator, await command(request, ChangeRole))
    except Refusal as no:
        return await _page(request, context, operator, lang, no)
    return see_other("/people", _("The role is taken away."))


@router.post("/staff/{person_id}/sign-out")
async def end_sign_ins(
    request: Request,
    context: TheContext,
    operator: TheOperator,
    _fresh: TheFreshIdentity,
    lang: TheLanguage,
    person_id: UUID,
) -> Response:
    try:
        await staffing.end_sign_ins_of(context, operator, person_id)
    except Refusal as no:
        return await _page(request, context, operator, lang, no)
    return see_other("/people", _("Every sign-in of this person has ended."))


async def _page(
    request: Request,
    context: Context,
    operator: TheOperator,
    lang: str,
    refusal: Refusal | None = None,
    form: Typed | None = None,
) -> Response:
    query, no = sifted(request, TeamSearch)
    at_staff = StaffSearch(page=query.staff_page, search=query.search)
    staff = await people.staff(context, operator, at_staff) if may(operator, "staff:read") else None
    own = await roles.own_to_give(context, operator) if may(operator, "staff:read") else {}
    manages = may(operator, "staff:manage")
    others = [(one.person_id, one.name) for one in staff.rows if one.roles and not one.you] if staff else []
    if staff and (query.search or staff.paging.total > len(staff.rows)):
        others = list(await people.colleagues(context, operator) if may(operator, "staff:manage") else ())
    specialists = await people.specialists(
        context, operator, SpecialistSearch(page=query.page, search=query.search), lang
    )
    to_give = (*(each.key for each in roles.COMMON), *own) if manages else ()
    return page(
        request,
        "organization/people.html",
        refusal=refusal or no,
        form=form if form is not None else given(request),
        specialists=specialists,
        around=around(request, specialists.paging),
        staff=staff,
        around_staff=around(request, staff.paging, "staff_page") if staff else {},
        colleagues=[(str(person_id), name) for person_id, name in others],
        own=own,
        may_manage=manages,
        roles=[(key, role_title(key, own)) for key in to_give],
    )
