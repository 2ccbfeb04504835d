"""Who works for the organization: specialists with engagement, licences and next free time; staff with their roles."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actors import Operator
from domain.scheduling.interval import Interval
from domain.words import said
from models import AppointmentType, Engagement, Licence, Membership, Person, Specialist
from models.treating import Eligible
from usecases.context import Context
from usecases.identity.invitations import last_days
from usecases.listing import ROWS, ByName, ListQuery, Paging, full_name, page_within, sought
from usecases.organization.listing import Statement, paged
from usecases.permission import needs
from usecases.scheduling.availability import rule_of
from usecases.scheduling.openings import openings
from usecases.views import View

LOOK_AHEAD = timedelta(days=21)
EXPIRES_SOON = timedelta(days=60)
STAFF = """
(with found as materialized (
  select p.id as person_id, concat_ws(' ', nullif(p.given_name, ''), nullif(p.family_name, '')) as name, p.email,
    coalesce(array_agg(m.role order by m.role) filter (where m.status = 'active'), '{}') as roles,
    coalesce(array_agg(m.role order by m.role) filter (where m.status = 'invited'), '{}') as invited
  from membership m join person p on p.id = m.person_id
  where m.organization_id = $2 and m.status in ('active', 'invited')
    and strpos(lower(concat_ws(' ', nullif(p.given_name, ''), nullif(p.family_name, ''), p.email)), lower($3)) > 0
  group by p.id order by p.family_name, p.given_name, p.id
)
select json_build_object('total', (select count(*) from found), 'rows', coalesce(json_agg(shown), '[]'))::text
from (select * from found limit $4 offset $5) shown)
"""
"""Whoever works for the organization $2 and has $3 in their name or address, as JSON: $4 of them after the first $5."""
ENGAGED = (
    select(Specialist, Engagement, Licence)
    .join(Engagement, col(Engagement.specialist_id) == col(Specialist.id))
    .outerjoin(Licence, col(Licence.specialist_id) == col(Specialist.id))
    .where(col(Engagement.organization_id) == bindparam("organization_id"))
)
BY_NAME = col(Specialist.display_name), col(Engagement.id)
KINDS = select(AppointmentType).where(col(AppointmentType.organization_id) == bindparam("organization_id"))
"""Built once, as what it takes to see who is free."""


class SpecialistSearch(ListQuery, ByName):
    """By the specialist's name."""


class StaffSearch(ListQuery, ByName):
    """By the colleague's name or e-mail address."""


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


class SpecialistList(View):
    rows: tuple[SpecialistRow, ...]
    paging: Paging


class StaffList(View):
    rows: tuple[StaffRow, ...]
    paging: Paging


@needs("specialist:read")
async def specialists(context: Context, operator: Operator, query: ListQuery, locale: str) -> SpecialistList:
    """By name; free times are looked for of those that are shown."""
    now = context.now()
    async with context.database.transaction(operator) as session:
        asked = {"organization_id": operator.organization_id}
        found, paging = await paged(session, _engaged(query), BY_NAME, query.page, ENGAGED, asked)
        engaged = _by_engagement(found)
        active = [specialist for specialist, engagement, _ in engaged if engagement.status == "active"]
        free = await _next_free(session, operator, active, now)
    rows = tuple(
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
            licences=tuple(_licence(each, now.date()) for each in licences),
            next_free=free.get(specialist.id),
        )
        for specialist, engagement, licences in engaged
    )
    return SpecialistList(rows=rows, paging=paging)


@needs("staff:read")
async def staff(context: Context, operator: Operator, query: ListQuery) -> StaffList:
    """Everybody with a role or invited to one, partners' people too; one row a person."""

    async def read(page: int) -> dict[str, Any]:
        asked = operator.organization_id, sought(query), ROWS, (page - 1) * ROWS
        return dict(json.loads(await context.database.value(operator, STAFF, *asked)))

    page, found = query.page, await read(query.page)
    if not found["rows"] and page > 1:
        page = page_within(page, found["total"])
        found = await read(page)
    until = await last_days(context, operator, [UUID(each["person_id"]) for each in found["rows"] if each["invited"]])
    rows = tuple(_member(each, until, operator, context.now()) for each in found["rows"])
    return StaffList(rows=rows, paging=Paging(page=page, total=found["total"]))


@needs("staff:read")
async def colleagues(context: Context, operator: Operator) -> tuple[tuple[UUID, str], ...]:
    """(id, name) of everybody else with a role."""
    active = select(col(Membership.person_id)).where(
        col(Membership.organization_id) == operator.organization_id,
        col(Membership.status) == "active",
        col(Membership.person_id) != operator.person_id,
    )
    names = select(col(Person.id), full_name()).where(col(Person.id).in_(active))
    async with context.database.transaction(operator) as session:
        found = await session.execute(names.order_by(col(Person.family_name), col(Person.given_name), col(Person.id)))
    return tuple((row[0], row[1]) for row in found)


def _engaged(query: ListQuery) -> Statement:
    theirs = col(Engagement.organization_id) == bindparam("organization_id")
    engaged: Statement = select(col(Engagement.id)).where(theirs)
    engaged = engaged.join(Specialist, col(Specialist.id) == col(Engagement.specialist_id))
    name = func.lower(col(Specialist.display_name))
    return engaged.where(func.strpos(name, sought(query).lower()) > 0)


def _member(found: dict[str, Any], until: dict[UUID, datetime], operator: Operator, now: datetime) -> StaffRow:
    person_id = UUID(found.pop("person_id"))
    lasts = until.get(person_id)
    return StaffRow(
        **found,
        person_id=person_id,
        invited_until=lasts,
        lapsed=lasts is not None and lasts <= now,
        you=person_id == operator.person_id,
    )


def _by_engagement(rows: Sequence[Any]) -> list[tuple[Specialist, Engagement, list[Licence]]]:
    """From rows of (specialist, engagement, licence or None), those of one engagement next to each other."""
    engaged = []
    for _, grouped in groupby(rows, key=lambda row: row[1].id):
        each = list(grouped)
        licences = sorted((licence for _, _, licence in each if licence), key=lambda licence: licence.jurisdiction)
        engaged.append((each[0][0], each[0][1], licences))
    return engaged


def _licence(row: Licence, today: date) -> LicenceView:
    return LicenceView(**row.model_dump(exclude={"id", "specialist_id"}), state=_state(row.expires_on, today))


def _state(expires_on: date, today: date) -> str:
    if expires_on < today:
        return "expired"
    return "soon" if expires_on - today <= EXPIRES_SOON else "valid"


async def _next_free(
    session: AsyncSession, operator: Operator, active: list[Specialist], now: datetime
) -> dict[UUID, datetime]:
    """Of any appointment type, as patients would be offered it."""
    window = Interval(now, now + LOOK_AHEAD)
    who = [Eligible(each, date.max) for each in active]
    found = await openings(session, who, operator.organization_id, window, now)
    first: dict[UUID, datetime] = {}
    for kind in await session.scalars(KINDS, {"organization_id": operator.organization_id}):
        for specialist_id, offered in found.free(rule_of(kind), window, 1).items():
            if offered:
                first[specialist_id] = min(offered[0].start, first.get(specialist_id, offered[0].start))
    return first
