"""Appointments as an organization's lists show them: one statement; the database writes what the view reads."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from domain.actors import Operator
from domain.money import Money
from domain.words import chain
from models.session import Database
from usecases.views import View

Sort = Literal["starts", "-starts", "patient", "specialist"]
ORDER: dict[Sort, str] = {
    "starts": "a.starts_at, a.id",
    "-starts": "a.starts_at desc, a.id",
    "patient": "person.family_name, person.given_name, a.id",
    "specialist": "s.display_name, a.starts_at, a.id",
}
KIND = """coalesce(
    (select t.name ->> tag from unnest($2::text[]) with ordinality as wish(tag, place)
     where t.name ->> tag <> '' order by place limit 1),
    (select word from jsonb_each_text(t.name) as any_of(tag, word) where word <> '' limit 1), '')"""
STATUS = "case when a.status = 'held' and a.hold_until <= now() then 'released' else a.status end"
"""A hold whose time is up is released, also while nobody has written that down."""
ROWS = f"""
select a.id, a.patient_id, concat_ws(' ', person.given_name, person.family_name) as patient, a.specialist_id,
  s.display_name as specialist, b.name as brand, {KIND} as kind, {STATUS} as status, a.starts_at, a.ends_at, a.modality,
  json_build_object('amount', a.amount, 'currency', a.currency) as price, a.paid, a.absent, a.cancelled_by, a.late,
  count(*) over () as total
from appointment a
join patient on patient.id = a.patient_id
join person on person.id = patient.person_id
join specialist s on s.id = a.specialist_id
join brand b on b.id = a.brand_id
join appointment_type t on t.id = a.appointment_type_id
where a.organization_id = $3
  and ($6::uuid is null or a.id = $6)
  and ($7::uuid is null or a.journey_id = $7)
  and ($8::uuid is null or a.patient_id = $8)
  and ($9::uuid is null or a.specialist_id = $9)
  and ($10::text is null or b.key = $10)
  and ($11::text is null or {STATUS} = $11)
  and ($12::text is null
       or strpos(lower(concat_ws(' ', person.given_name, person.family_name)), lower($12)) > 0)
  and ($13::timestamptz is null or a.starts_at >= $13)
  and ($14::timestamptz is null or a.starts_at < $14)
  and ($15::timestamptz is null or a.ends_at >= $15)
  and ($16::timestamptz is null or a.ends_at < $16)
order by {{order}} limit $4 offset $5
"""
FOUND = """
(select json_build_object('total', coalesce(max(found.total), 0), 'rows', coalesce(json_agg(found), '[]'))::text
from ({rows}) found)
"""
LISTS = {sort: FOUND.format(rows=ROWS.format(order=order)) for sort, order in ORDER.items()}
"""By order: $2 the locales to say words in, $3 the organization, $4 and $5 which rows, then what is `Wanted`."""


@dataclass(frozen=True)
class Wanted:
    """What is None does not matter; from is included, before is not. The order is that of the statement."""

    appointment_id: UUID | None = None
    journey_id: UUID | None = None
    patient_id: UUID | None = None
    specialist_id: UUID | None = None
    brand: str | None = None
    status: str | None = None
    search: str | None = None
    starts_from: datetime | None = None
    starts_before: datetime | None = None
    ends_from: datetime | None = None
    ends_before: datetime | None = None


class AppointmentRow(View):
    """`price` is what was agreed, `paid` whether it has been paid; `late`: cancelled with too little notice."""

    id: UUID
    patient_id: UUID
    patient: str
    specialist_id: UUID
    specialist: str
    brand: str
    kind: str
    status: str
    starts_at: datetime
    ends_at: datetime
    modality: str
    price: Money
    paid: bool
    absent: str
    cancelled_by: str
    late: bool


class Found(View):
    """`total` is how many there are in all; 0 beyond the last row."""

    total: int
    rows: tuple[AppointmentRow, ...]


async def find_appointments(
    database: Database,
    operator: Operator,
    wanted: Wanted,
    locale: str,
    sort: Sort = "-starts",
    limit: int | None = None,
    offset: int = 0,
) -> Found:
    """The organization's appointments that are `wanted`, words in `locale`; without `limit` all of them."""
    place = (chain(locale), operator.organization_id, limit, offset)
    answer = await database.value(operator, LISTS[sort], *place, *vars(wanted).values())
    return Found.model_validate_json(answer)
