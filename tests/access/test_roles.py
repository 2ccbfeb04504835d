"""Roles of an organization's own, given, lent and taken; guardians and assistants; always at the next request."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlmodel import col

from domain.actors import House, Operator, Patient, Specialist
from domain.refusals import (
    InvalidInput,
    LastOwner,
    MoreThanYouHold,
    NotAllowed,
    NotFound,
    NotInThisState,
    SecondPersonNeeded,
    WrongCredentials,
)
from models import CustomRole, Delegation, Guardianship, Membership, Organization, Person
from tests.access.office import STAFF, Office
from tests.access.things import staff_person
from tests.fixtures.house import AURORA, MARIGOLD, RunningHouse
from tests.patient.people import newcomer
from tests.specialist.people import booked, new_specialist
from tests.usecases.steps import new_patient
from usecases.identity.doors import Door, actor_at
from usecases.organization import guardians, roles, staffing
from usecases.organization.guardians import NameGuardian
from usecases.organization.roles import ProposeRole
from usecases.organization.staffing import ChangeRole, LendRole
from usecases.specialist import assistance
from usecases.specialist.assistance import LetAssist
from usecases.specialist.brief import brief
from usecases.specialist.notes import Draft, save_draft
from usecases.specialist.today import today


def title() -> str:
    return f"Front desk {uuid4().hex[:8]}"


async def key_of(house: RunningHouse, role_id: UUID) -> str:
    async with house.database.transaction(House()) as session:
        return (await session.get_one(CustomRole, role_id)).key


async def test_a_harmless_role_of_one_s_own_can_be_given_at_once(office: Office) -> None:
    owner, context = await office.operator(office.owner), office.house.context
    role_id = await roles.propose_role(context, owner, ProposeRole(title=title(), permissions=("form:read",)))
    key = await key_of(office.house, role_id)
    assert "form:read" not in (await office.operator(office.helper)).permissions
    await staffing.give_role(context, owner, ChangeRole(person_id=office.helper.id, role=key))
    assert "form:read" in (await office.operator(office.helper)).permissions
    await staffing.take_role(context, owner, ChangeRole(person_id=office.helper.id, role=key))
    assert "form:read" not in (await office.operator(office.helper)).permissions


async def test_nobody_agrees_to_the_role_they_have_made(office: Office) -> None:
    owner, context = await office.operator(office.owner), office.house.context
    role_id = await roles.propose_role(context, owner, ProposeRole(title=title(), permissions=("audit:read",)))
    key = await key_of(office.house, role_id)
    with pytest.raises(InvalidInput):
        await staffing.give_role(context, owner, ChangeRole(person_id=office.helper.id, role=key))
    with pytest.raises(SecondPersonNeeded):
        await roles.approve_role(context, owner, role_id)
    async with office.house.database.transaction(owner) as session:
        row = await session.get_one(CustomRole, role_id)
        assert (row.status, row.approved_by) == ("proposed", None)
    second = await staff_person(office.house, office.organization_id, "compliance")
    await roles.approve_role(context, await office.operator(second), role_id)
    with pytest.raises(NotInThisState):
        await roles.approve_role(context, await office.operator(second), role_id)
    await staffing.give_role(context, owner, ChangeRole(person_id=office.helper.id, role=key))
    assert "audit:read" in (await office.operator(office.helper)).permissions
    await roles.retire_role(context, owner, role_id)
    assert "audit:read" not in (await office.operator(office.helper)).permissions


async def test_nobody_gives_more_than_they_hold(office: Office) -> None:
    """Somebody whose own role only manages staff makes nobody an owner, nor themselves."""
    context = office.house.context
    owner = await office.operator(office.owner)
    made = ProposeRole(title=title(), permissions=("staff:manage", "staff:read", "role:manage"))
    role_id = await roles.propose_role(context, owner, made)
    second = await office.operator(await staff_person(office.house, office.organization_id, "compliance"))
    await roles.approve_role(context, second, role_id)
    key = await key_of(office.house, role_id)
    await staffing.give_role(context, owner, ChangeRole(person_id=office.helper.id, role=key))
    helper = await office.operator(office.helper)
    for wanted in ("owner", "clinical-lead", "finance"):
        with pytest.raises(MoreThanYouHold):
            await staffing.give_role(context, helper, ChangeRole(person_id=office.helper.id, role=wanted))
    with pytest.raises(MoreThanYouHold):
        await roles.propose_role(context, helper, ProposeRole(title=title(), permissions=("audit:read",)))
    with pytest.raises(MoreThanYouHold):
        await staffing.take_role(context, helper, ChangeRole(person_id=office.owner.id, role="owner"))
    assert (await office.operator(office.helper)).roles == {"support", key}


async def test_the_last_owner_stays(house: RunningHouse) -> None:
    async with house.database.transaction(House()) as session:
        made = Organization(key=f"alone-{uuid4().hex[:8]}", name="Alone", legal_name="Alone Ltd")
        session.add(made)
    person = await staff_person(house, made.id, "owner")
    only = Operator(made.id, person.id, frozenset({"owner"}))
    with pytest.raises(LastOwner):
        await staffing.take_role(house.context, only, ChangeRole(person_id=person.id, role="owner"))
    async with house.database.transaction(only) as session:
        held = await session.scalars(select(col(Membership.status)).where(col(Membership.person_id) == person.id))
        assert held.all() == ["active"]


async def test_of_two_owners_who_take_each_other_s_role_at_once_one_stays(house: RunningHouse) -> None:
    for _ in range(10):
        async with house.database.transaction(House()) as session:
            made = Organization(key=f"two-{uuid4().hex[:8]}", name="Two", legal_name="Two Ltd")
            session.add(made)
        people = [await staff_person(house, made.id, "owner") for _ in range(2)]
        tries = [
            staffing.take_role(
                house.context,
                Operator(made.id, one.id, frozenset({"owner"})),
                ChangeRole(person_id=other.id, role="owner"),
            )
            for one, other in (people, reversed(people))
        ]
        ended = await asyncio.gather(*tries, return_exceptions=True)
        assert [type(each) for each in ended if each is not None] == [LastOwner]
        async with house.database.transaction(House()) as session:
            theirs = select(col(Membership.status)).where(col(Membership.organization_id) == made.id)
            assert sorted(await session.scalars(theirs)) == ["active", "ended"]


async def test_a_lent_role_ends_by_itself_with_the_lender_s_own_and_when_taken_back(office: Office) -> None:
    context, owner = office.house.context, await office.operator(office.owner)
    until = context.now() + timedelta(days=3)
    lent = LendRole(to_person_id=office.helper.id, role="owner", until=until, reason="On holiday")
    loan_id = await staffing.lend_role(context, owner, lent)
    borrower = await office.operator(office.helper)
    assert "owner" in borrower.roles
    with pytest.raises(InvalidInput):  # what is lent is not lent on
        await staffing.lend_role(context, borrower, lent.model_copy(update={"to_person_id": office.owner.id}))
    async with office.house.database.transaction(House()) as session:
        later = (await actor_at(session, STAFF, office.helper, None, until))[0]
        assert isinstance(later, Operator)
        assert later.roles == {"support"}
    await staffing.end_loan(context, owner, loan_id)
    assert (await office.operator(office.helper)).roles == {"support"}
    again = await staffing.lend_role(context, owner, lent)
    co_owner = await office.operator(await staff_person(office.house, office.organization_id, "owner"))
    await staffing.take_role(context, co_owner, ChangeRole(person_id=office.owner.id, role="owner"))
    assert (await office.operator(office.helper)).roles == {"support"}
    stranger = await office.operator(await staff_person(office.house, office.organization_id, "operations"))
    with pytest.raises(NotFound):
        await staffing.end_loan(context, stranger, again)


@pytest.mark.parametrize("days", [-1, 0, 61])
async def test_a_loan_has_an_end_that_is_near(office: Office, days: int) -> None:
    until = office.house.context.now() + timedelta(days=days, seconds=-1)
    wanted = LendRole(to_person_id=office.helper.id, role="owner", until=until + timedelta(hours=1), reason="Away")
    owner = await office.operator(office.owner)
    if days == 0:
        wanted = wanted.model_copy(update={"until": office.house.context.now() - timedelta(seconds=1)})
    with pytest.raises(InvalidInput):
        await staffing.lend_role(office.house.context, owner, wanted)
    async with office.house.database.transaction(owner) as session:
        mine = select(Delegation).where(col(Delegation.from_person_id) == office.owner.id)
        assert (await session.scalars(mine)).all() == []


async def test_a_guardian_acts_for_the_ward_alone_and_only_while_named(house: RunningHouse, office: Office) -> None:
    ward, guardian = await new_patient(house, AURORA), await newcomer(house, AURORA)
    stranger = await newcomer(house, MARIGOLD)
    owner = await office.operator(office.owner)
    named = NameGuardian(email=guardian.email, relation="mother")
    row_id = await guardians.name_guardian(house.context, owner, ward.patient_id, named)
    async with house.database.transaction(House()) as session:
        person = await session.get_one(Person, guardian.patient.person_id)
    door = Door("patient", ward.brand_id)
    acting = await office.actor(door, person, ward.patient_id)
    assert isinstance(acting, Patient)
    assert (acting.patient_id, acting.person_id, acting.role) == (ward.patient_id, person.id, "guardian")
    assert "profile:write" not in acting.permissions
    own = await office.actor(door, person)
    assert isinstance(own, Patient)
    assert own.patient_id == guardian.patient.patient_id
    for wrong in (stranger.email, "nobody@patients.example"):
        with pytest.raises(InvalidInput):
            await guardians.name_guardian(
                house.context, owner, ward.patient_id, NameGuardian(email=wrong, relation="x y")
            )
    with pytest.raises(NotFound):
        await guardians.name_guardian(house.context, owner, stranger.patient.patient_id, named)
    await guardians.end_guardianship(house.context, owner, row_id)
    ended = await office.actor(door, person, ward.patient_id)
    assert isinstance(ended, Patient)
    assert ended.patient_id == guardian.patient.patient_id
    async with house.database.transaction(owner) as session:
        rows = await session.scalars(
            select(Guardianship).where(col(Guardianship.person_id) == stranger.patient.person_id)
        )
        assert rows.all() == []


async def test_an_assistant_keeps_the_calendar_and_reads_nothing_clinical(house: RunningHouse, office: Office) -> None:
    colleague, patient = await new_specialist(house), await new_patient(house, AURORA)
    appointment_id = await booked(house, patient, colleague)
    until = house.context.now() + timedelta(days=5)
    for role in ("assistant", "supervisor"):
        helper = await staff_person(house, office.organization_id)
        let = LetAssist.model_validate({"email": helper.email, "role": role, "until": until})
        given = await assistance.let_assist(house.context, colleague.specialist, let)
        acting = await office.actor(Door("specialist"), helper, colleague.specialist.specialist_id)
        assert isinstance(acting, Specialist)
        assert acting.role == role
        page = await today(house.context, acting, "en")
        assert appointment_id in {item.appointment_id for item in page.items}
        if role == "assistant":
            with pytest.raises(NotAllowed):
                await brief(house.context, acting, appointment_id, "en")
        else:
            assert (
                await brief(house.context, acting, appointment_id, "en")
            ).appointment.appointment_id == appointment_id
        with pytest.raises(NotAllowed):
            await save_draft(house.context, acting, appointment_id, Draft(text="Not mine to write."))
        with pytest.raises(NotAllowed):
            await assistance.let_assist(house.context, acting, let)
        await assistance.end_assistance(house.context, colleague.specialist, given)
        with pytest.raises(WrongCredentials):
            await office.actor(Door("specialist"), helper)


async def test_whoever_is_let_in_twice_assists_once(house: RunningHouse, office: Office) -> None:
    colleague, helper = await new_specialist(house), await staff_person(house, office.organization_id)
    mine, now, given = colleague.specialist, house.context.now(), []
    for role, days in (("supervisor", 3), ("supervisor", 3), ("assistant", 5)):
        let = {"email": helper.email, "role": role, "until": now + timedelta(days=days)}
        given.append(await assistance.let_assist(house.context, mine, LetAssist.model_validate(let)))
    assert len(set(given)) == 1
    (known,) = await assistance.assistances(house.context, mine)
    assert (known.role, known.until) == ("assistant", now + timedelta(days=5))
    await assistance.end_assistance(house.context, mine, known.id)
    with pytest.raises(WrongCredentials):
        await office.actor(Door("specialist"), helper, mine.specialist_id)
    later = replace(house.context, now=lambda: now + timedelta(days=4))
    ended = {known.id}
    for at, days in ((house.context, 3), (later, 9)):
        let = {"email": helper.email, "role": "assistant", "until": now + timedelta(days=days)}
        ended.add(await assistance.let_assist(at, mine, LetAssist.model_validate(let)))
    assert len(ended) == 3
