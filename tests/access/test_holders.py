"""Whoever holds a role hears what its holders are told: by membership, lent, or by a role of the organization's own."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlmodel import col

from domain.actors import Engine, House
from models import CustomRole, Membership, Message, Person
from models.holders import holders
from tests.access.office import Office
from tests.access.things import staff_person
from tests.fixtures.house import AURORA
from tests.usecases.steps import journey_at_booking, new_patient
from tests.usecases.test_messages import messages_of
from usecases.organization import roles, staffing
from usecases.organization.staffing import ChangeRole, LendRole
from workflows.steps import SendMessage


async def told(office: Office, at: datetime | None = None) -> set[UUID]:
    """Whom an escalation to the clinical lead reaches, asked as the engine asks."""
    asked = holders(
        office.organization_id, ("clinical-lead", "owner"), "task:clinical", at or office.house.context.now()
    )
    async with office.house.database.transaction(Engine(office.organization_id)) as session:
        return {person.id for person in await session.scalars(asked)}


async def lend(office: Office, lender: Person) -> LendRole:
    until = office.house.context.now() + timedelta(days=5)
    loan = LendRole(to_person_id=office.helper.id, role="clinical-lead", until=until, reason="On holiday")
    await staffing.lend_role(office.house.context, await office.operator(lender), loan)
    return loan


async def own_role(office: Office, status: str, *permissions: str) -> CustomRole:
    """Made by the owner and given to the helper."""
    key = f"own-{uuid4().hex[:8]}"
    made = CustomRole(
        organization_id=office.organization_id,
        key=key,
        title=key,
        permissions=list(permissions),
        status=status,
        made_by=office.owner.id,
    )
    given = Membership(organization_id=office.organization_id, person_id=office.helper.id, role=key)
    async with office.house.database.transaction(House()) as session:
        session.add_all([made, given])
    return made


async def test_an_escalation_is_sent_to_whoever_was_lent_the_role(office: Office) -> None:
    house, patient = office.house, await new_patient(office.house, AURORA)
    journey_id = await journey_at_booking(house, patient)
    await lend(office, await staff_person(house, office.organization_id, "clinical-lead"))
    escalation = SendMessage(
        organization_id=office.organization_id,
        journey_id=journey_id,
        template="escalation",
        key=f"journey/{journey_id}/escalation/book-first/3",
        role="clinical-lead",
    )
    await messages_of(house).send_message(escalation)
    async with house.database.transaction(Engine(office.organization_id)) as session:
        mine = select(Message).where(col(Message.person_id) == office.helper.id)
        assert [row.template for row in await session.scalars(mine)] == ["escalation"]


async def test_a_loan_is_heard_of_while_it_lasts(office: Office) -> None:
    lead = await staff_person(office.house, office.organization_id, "clinical-lead")
    assert office.helper.id not in await told(office)
    loan = await lend(office, lead)
    assert {lead.id, office.helper.id, office.owner.id} <= await told(office)
    assert office.helper.id not in await told(office, loan.until)
    owner = await office.operator(office.owner)
    taken = ChangeRole(person_id=lead.id, role="clinical-lead")
    await staffing.take_role(office.house.context, owner, taken)
    assert not {lead.id, office.helper.id} & await told(office)


async def test_a_loan_that_was_ended_and_a_borrower_who_left_hear_nothing(office: Office) -> None:
    context, lead = office.house.context, await staff_person(office.house, office.organization_id, "clinical-lead")
    loan = await lend(office, lead)
    loan_id = await staffing.lend_role(context, await office.operator(lead), loan)
    await staffing.end_loan(context, await office.operator(lead), loan_id)
    assert office.helper.id not in await told(office)
    await staffing.lend_role(context, await office.operator(lead), loan)
    assert office.helper.id in await told(office)
    gone = ChangeRole(person_id=office.helper.id, role="support")
    await staffing.take_role(context, await office.operator(office.owner), gone)
    assert office.helper.id not in await told(office)


async def test_a_role_of_its_own_is_told_by_what_it_allows(office: Office) -> None:
    await own_role(office, "active", "form:read")
    await own_role(office, "proposed", "task:clinical")
    assert office.helper.id not in await told(office)
    made = await own_role(office, "active", "task:clinical", "task:read")
    assert office.helper.id in await told(office)
    await roles.retire_role(office.house.context, await office.operator(office.owner), made.id)
    assert office.helper.id not in await told(office)


async def test_a_role_of_its_own_is_told_where_it_is_lent(office: Office) -> None:
    context, made = office.house.context, await own_role(office, "active", "task:clinical")
    lender = await office.operator(await staff_person(office.house, office.organization_id, "operations", made.key))
    taken = ChangeRole(person_id=office.helper.id, role=made.key)
    await staffing.take_role(context, await office.operator(office.owner), taken)
    assert office.helper.id not in await told(office)
    until = context.now() + timedelta(days=5)
    loan = LendRole(to_person_id=office.helper.id, role=made.key, until=until, reason="On holiday")
    await staffing.lend_role(context, lender, loan)
    assert office.helper.id in await told(office)
