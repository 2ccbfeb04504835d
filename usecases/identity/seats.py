"""Whom or what a person may act for at a door, and switching between them without signing out."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from domain.access.permissions import Portal
from domain.access.roles import AFFILIATES
from domain.actors import House
from domain.refusals import NotAllowed
from models import CustomRole, SignInSession
from usecases.context import Context
from usecases.views import Command

LASTS = "{row}.ended_at is null and {row}.starts_at <= {now} and ({row}.until is null or {row}.until > {now})"

PATIENTS = f"""
select r.id, concat_ws(' ', p.given_name, p.family_name) as name, array['self'] as roles, r.organization_id, r.brand_id,
  0 as place
from patient r where r.person_id = p.id and r.brand_id = p.brand_id
union all
select r.id, concat_ws(' ', w.given_name, w.family_name), array['guardian'], r.organization_id, r.brand_id, 1
from guardianship g join patient r on r.id = g.patient_id join person w on w.id = r.person_id
where g.person_id = p.id and r.person_id <> p.id and r.brand_id = p.brand_id and {LASTS.replace("{row}", "g")}
"""
SPECIALISTS = f"""
select s.id, s.display_name as name, array['clinician'] as roles, 0 as place from specialist s where s.person_id = p.id
union all
select s.id, s.display_name, array[a.role::text], 1 from assistance a join specialist s on s.id = a.specialist_id
where a.person_id = p.id and {LASTS.replace("{row}", "a")}
"""
MEMBERS = """
select o.id, o.name, m.roles, 0 as place from organization o join (
  select organization_id, array_agg(role order by role) as roles from membership
  where person_id = p.id and status = 'active' and role in {partners} group by organization_id
) m on m.organization_id = o.id
"""
STAFF = f"""
select o.id, o.name, m.roles, lent.roles as lent, own.granted, 0 as place from organization o join (
  select organization_id, array_agg(role::text order by role) as roles from membership
  where person_id = p.id and status = 'active' and role not in {{partners}} group by organization_id
) m on m.organization_id = o.id,
lateral (
  select coalesce(array_agg(d.role::text), '{{{{}}}}') as roles from delegation d
  join membership l on l.person_id = d.from_person_id and l.organization_id = d.organization_id and l.role = d.role
  where d.organization_id = o.id and d.to_person_id = p.id and l.status = 'active' and {LASTS.replace("{row}", "d")}
) lent,
lateral (
  select coalesce(array_agg(held), '{{{{}}}}') as granted from custom_role c, unnest(c.permissions) held
  where c.organization_id = o.id and c.status = 'active' and c.key = any(m.roles || lent.roles)
) own
"""
FOUND: dict[Portal, str] = {
    "patient": PATIENTS,
    "specialist": SPECIALISTS,
    "organization": STAFF,
    "affiliate": MEMBERS,
}


@dataclass(frozen=True)
class Seat:
    """An organization, a patient or a specialist somebody may act for, and as what."""

    id: UUID
    name: str
    roles: tuple[str, ...]


class TakeSeat(Command):
    """Act for another of those one may act for."""

    seat_id: UUID


def seats_json(portal: Portal, now: str) -> str:
    """SQL: the seats of the person `p` as a JSON array, their own first; `now` is a parameter's name.

    A loan ends with the lender's own membership; what an organization's own roles allow is `granted`.
    """
    partners = "('" + "', '".join(AFFILIATES) + "')"
    found = FOUND[portal].format(now=now, partners=partners)
    return f"(select coalesce(json_agg(seat order by seat.place, seat.name), '[]') from ({found}) seat)"


def read_seats(rows: list[dict[str, Any]]) -> tuple[list[Seat], dict[UUID, dict[str, Any]]]:
    """What `seats_json` answered: the seats, and by their id everything that was found about them."""
    by_id = {UUID(row["id"]): row for row in rows}
    return [Seat(id_, row["name"], tuple(row["roles"])) for id_, row in by_id.items()], by_id


async def own_titles(context: Context, seats: tuple[Seat, ...]) -> dict[str, str]:
    """Key -> title of the roles that the organizations among the seats have made."""
    theirs = col(CustomRole.organization_id).in_([seat.id for seat in seats])
    async with context.database.transaction(House()) as session:
        return {row.key: row.title for row in await session.scalars(select(CustomRole).where(theirs))}


async def switch_seat(context: Context, session_id: UUID, seats: tuple[Seat, ...], command: TakeSeat) -> Seat:
    """Act for another without signing out. Raises `NotAllowed` for a seat that is not one's own."""
    chosen = next((seat for seat in seats if seat.id == command.seat_id), None)
    if chosen is None:
        raise NotAllowed
    async with context.database.transaction(House()) as session:
        mine = col(SignInSession.id) == session_id
        await session.execute(update(SignInSession).where(mine).values(seat_id=chosen.id))
    return chosen
