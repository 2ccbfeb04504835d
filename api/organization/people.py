"""Specialists, staff, their roles, and roles lent."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.door import FRESH, TheContext
from api.organization.door import TheLanguage, TheOperator
from usecases.identity.invitations import Invite
from usecases.listing import ListQuery
from usecases.organization import inviting, people, roles, staffing
from usecases.organization.people import SpecialistList, SpecialistSearch, StaffList, StaffSearch
from usecases.organization.roles import ProposeRole, RoleView
from usecases.organization.staffing import ChangeRole, LendRole, LoanView

router = APIRouter(tags=["people"])


@router.get("/specialists")
async def every_specialist(
    context: TheContext, operator: TheOperator, lang: TheLanguage, query: Annotated[ListQuery, Query()]
) -> SpecialistList:
    return await people.specialists(context, operator, query, lang)


@router.post("/specialists/search")
async def search_specialists(
    context: TheContext, operator: TheOperator, lang: TheLanguage, query: SpecialistSearch
) -> SpecialistList:
    return await people.specialists(context, operator, query, lang)


@router.get("/staff")
async def every_member(context: TheContext, operator: TheOperator, query: Annotated[ListQuery, Query()]) -> StaffList:
    return await people.staff(context, operator, query)


@router.post("/staff/search")
async def search_staff(context: TheContext, operator: TheOperator, query: StaffSearch) -> StaffList:
    return await people.staff(context, operator, query)


@router.post("/staff/invitations", status_code=201)
async def invite(context: TheContext, operator: TheOperator, command: Invite) -> UUID:
    """Somebody gets a link by e-mail; the roles are theirs once they have used it."""
    return await inviting.invite_colleague(context, operator, command)


@router.post("/staff/{person_id}/invitation", status_code=204)
async def send_invitation_again(context: TheContext, operator: TheOperator, person_id: UUID) -> None:
    """Another link by e-mail; the one before opens nothing any more."""
    await inviting.send_invitation_again(context, operator, person_id)


@router.delete("/staff/{person_id}/invitation", status_code=204)
async def withdraw_invitation(context: TheContext, operator: TheOperator, person_id: UUID) -> None:
    await inviting.withdraw_invitation(context, operator, person_id)


@router.put("/staff/roles", status_code=204)
async def give_role(context: TheContext, operator: TheOperator, command: ChangeRole) -> None:
    await staffing.give_role(context, operator, command)


@router.delete("/staff/{person_id}/roles/{role}", status_code=204)
async def take_role(context: TheContext, operator: TheOperator, person_id: UUID, role: str) -> None:
    await staffing.take_role(context, operator, ChangeRole(person_id=person_id, role=role))


@router.delete("/staff/{person_id}/sign-ins", status_code=204, dependencies=[FRESH])
async def end_sign_ins(context: TheContext, operator: TheOperator, person_id: UUID) -> None:
    """Every sign-in of a colleague, at every door."""
    await staffing.end_sign_ins_of(context, operator, person_id)


@router.get("/roles")
async def every_role(context: TheContext, operator: TheOperator) -> tuple[RoleView, ...]:
    return await roles.roles(context, operator)


@router.post("/roles", status_code=201)
async def propose_role(context: TheContext, operator: TheOperator, command: ProposeRole) -> UUID:
    return await roles.propose_role(context, operator, command)


@router.post("/roles/{role_id}/approval", status_code=204)
async def approve_role(context: TheContext, operator: TheOperator, role_id: UUID) -> None:
    await roles.approve_role(context, operator, role_id)


@router.delete("/roles/{role_id}", status_code=204)
async def retire_role(context: TheContext, operator: TheOperator, role_id: UUID) -> None:
    await roles.retire_role(context, operator, role_id)


@router.get("/loans")
async def every_loan(context: TheContext, operator: TheOperator) -> tuple[LoanView, ...]:
    return await staffing.loans(context, operator)


@router.post("/loans", status_code=201)
async def lend_role(context: TheContext, operator: TheOperator, command: LendRole) -> UUID:
    return await staffing.lend_role(context, operator, command)


@router.delete("/loans/{loan_id}", status_code=204)
async def end_loan(context: TheContext, operator: TheOperator, loan_id: UUID) -> None:
    await staffing.end_loan(context, operator, loan_id)
