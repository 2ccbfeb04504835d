"""Who works for the organization: specialists with engagement, licences and next free time; staff with their roles."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Operator
from domain.scheduling.interval import Interval
from domain.words import said
from models import AppointmentType, Engagement, Licence, Membership, Person, Specialist
from models.treating import Eligible
from usecases.context import Context
from usecases.identity.invitations import last_days
from usecases.permission import needs
from usecases.scheduling.openings import openings
from usecases.views import View

LOOK_AHEAD = timedelta(days=21)
EXPIRES_SOON = timedelta(days=60)


class LicenceView(View):
    """`state` valid, soon (expires within 60 days) or expired."""

    jurisdiction: str
    number: str
    expires_on: date
    state: str


class SpecialistRow(View):
    """`engagement` active or pending; `next_free` None when nothing is free within three weeks."""

    id: UUID
    name: str
    title: str
    profession: str
    languages: tuple[str, ...]
    npi: str
    engagement: str
    effective_from: date
    effective_until: date | None
    licences: tuple[LicenceView, ...]
    next_free: datetime | None


class StaffRow(View):
    """`invited`: the roles that are theirs once they accept, until `invited_until` (None while the mail is made)."""

    person_id: UUID
    name: str
    email: str
    roles: tuple[str, ...]
    invited: tuple[str, ...]
    invited_until: datetime | None
    lapsed: bool
    you: bool


@needs("specialist:read")
async def specialists(context: Context, operator: Operator, locale: str) -> tuple[SpecialistRow, ...]:
    now = context.now()
    query = (
        select(Specialist, Engagement)
        .join(Engagement, col(Engagement.specialist_id) == col(Specialist.id))
        .where(col(Engagement.organization_id) == operator.organization_id)
        .order_by(col(Specialist.display_name))
    )
    async with context.database.transaction(operator) as session:
        found = (await session.execute(query)).all()
        licences = await _licences(session, [specialist.id for specialist, _ in found], now.date())
        active = [specialist for specialist, engagement in found if engagement.status == "active"]
        free = await _next_free(session, operator, active, now)
    return tuple(
        SpecialistRow(
            id=specialist.id,
            name=specialist.display_name,
            title=said(specialist.title, locale),
            profession=specialist.profession,
            languages=tuple(specialist.languages),
            npi=specialist.npi,
            engagement=engagement.status,
            effective_from=engagement.effective_from,
            effective_until=engagement.effective_until,
            licences=tuple(licences.get(specialist.id, ())),
            next_free=free.get(specialist.id),
        )
        for specialist, engagement in found
    )


@needs("staff:read")
async def staff(context: Context, operator: Operator) -> tuple[StaffRow, ...]:
    """Everybody with a role or invited to one, partners' people too; one row a person."""
    query = (
        select(Membership, Person)
        .join(Person, col(Person.id) == col(Membership.person_id))
        .where(col(Membership.organization_id) == operator.organization_id)
        .where(col(Membership.status).in_(("active", "invited")))
        .order_by(col(Person.family_name), col(Person.given_name), col(Membership.role))
    )
    held: dict[UUID, list[Membership]] = {}
    people: dict[UUID, Person] = {}
    async with context.database.transaction(operator) as session:
        for membership, person in await session.execute(query):
            held.setdefault(person.id, []).append(membership)
            people[person.id] = person
    until = await last_days(context, operator, [id_ for id_, rows in held.items() if _roles(rows, "invited")])
    return tuple(
        StaffRow(
            person_id=person.id,
            name=person.full_name,
            email=person.email,
            roles=_roles(held[person.id], "active"),
            invited=_roles(held[person.id], "invited"),
            invited_until=until.get(person.id),
            lapsed=person.id in until and until[person.id] <= context.now(),
            you=person.id == operator.person_id,
        )
        for person in people.values()
    )


def _roles(held: list[Membership], status: str) -> tuple[str, ...]:
    return tuple(row.role for row in held if row.status == status)


async def _licences(session: AsyncSession, specialist_ids: list[UUID], today: date) -> dict[UUID, list[LicenceView]]:
    query = select(Licence).where(col(Licence.specialist_id).in_(specialist_ids)).order_by(col(Licence.jurisdiction))
    found: dict[UUID, list[LicenceView]] = {}
    for row in await session.scalars(query):
        view = LicenceView(**row.model_dump(exclude={"id", "specialist_id"}), state=_state(row.expires_on, today))
        found.setdefault(row.specialist_id, []).append(view)
    return found


def _state(expires_on: date, today: date) -> str:
    if expires_on < today:
        return "expired"
    return "soon" if expires_on - today <= EXPIRES_SOON else "valid"


async def _next_free(
    session: AsyncSession, operator: Operator, active: list[Specialist], now: datetime
) -> dict[UUID, datetime]:
    """Of any appointment type, as patients would be offered it."""
    kinds = select(AppointmentType).where(col(AppointmentType.organization_id) == operator.organization_id)
    window = Interval(now, now + LOOK_AHEAD)
    who = [Eligible(each, date.max) for each in active]
    found = await openings(session, who, operator.organization_id, window, now)
    first: dict[UUID, datetime] = {}
    for kind in await session.scalars(kinds):
        for specialist_id, offered in found.free(kind, window, 1).items():
            if offered:
                first[specialist_id] = min(offered[0].start, first.get(specialist_id, offered[0].start))
    return first
