"""Appointments as an organization's lists show them: one statement; the database writes what the view reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from domain.actors import Operator
from domain.appointments.state import LONGEST
from domain.money import Money
from domain.words import chain
from models.session import Database
from usecases.listing import COUNTED
from usecases.listing import ROWS as PAGE
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
NAMED = "join patient on patient.id = a.patient_id join person on person.id = patient.person_id"
TREATING = "join specialist s on s.id = a.specialist_id"
MATCHING = """
select a.id from appointment a {joined} where a.organization_id = $3 {conditions} order by {order} limit $4 + 1
"""
ROWS = f"""
select a.id, a.patient_id, concat_ws(' ', person.given_name, person.family_name) as patient, a.specialist_id,
  s.display_name as specialist, b.name as brand, {KIND} as kind, {STATUS} as status, a.starts_at, a.ends_at, a.modality,
  json_build_object('amount', a.amount, 'currency', a.currency) as price, a.paid, a.absent, a.cancelled_by, a.late
from appointment a
{NAMED}
{TREATING}
join brand b on b.id = a.brand_id
join appointment_type t on t.id = a.appointment_type_id
where a.id in ({{ids}}) order by {{order}}
"""
PAGE_OF = "with found as materialized ({matching}), page as (select id from found limit $5 offset $6)"
FOUND = f"""
({PAGE_OF}
select json_build_object(
  'total', (select count(*) from found), 'rows', coalesce((select json_agg(row) from ({{rows}}) row), '[]')
)::text)
"""
"""$2 the locales to say words in, $3 the organization, $4 how far is counted, $5 and $6 which rows, then what is
`Wanted`."""


@dataclass(frozen=True)
class Wanted:
    """What is None does not matter; from is included, before is not. The order is that of `CONDITIONS`."""

    appointment_id: UUID | None = None
    journey_id: UUID | None = None
    patient_id: UUID | None = None
    specialist_id: UUID | None = None
    treating: str | None = None
    brand: str | None = None
    status: str | None = None
    patients: Sequence[UUID] | None = None
    search: str | None = None
    starts_from: datetime | None = None
    starts_before: datetime | None = None
    ends_from: datetime | None = None
    ends_before: datetime | None = None


CONDITIONS = {
    "appointment_id": "a.id = {}",
    "journey_id": "a.journey_id = {}",
    "patient_id": "a.patient_id = {}",
    "specialist_id": "a.specialist_id = {}",
    "treating": "a.specialist_id in (select id from specialist where strpos(lower(display_name), lower({})) > 0)",
    "brand": "a.brand_id in (select id from brand where key = {})",
    "status": f"{STATUS} = {{}}",
    "patients": "a.patient_id = any({}::uuid[])",
    "search": "strpos(lower(concat_ws(' ', person.given_name, person.family_name)), lower({})) > 0",
    "starts_from": "a.starts_at >= {}",
    "starts_before": "a.starts_at < {}",
    "ends_from": f"a.ends_at >= {{0}} and a.starts_at >= {{0}}::timestamptz - interval '{LONGEST.seconds} seconds'",
    "ends_before": "a.ends_at < {0} and a.starts_at < {0}",
}
"""What is said of the end is said of the beginning, too: that is what an index leads to."""


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
    """`total` is how many there are, as far as they were counted."""

    total: int
    rows: tuple[AppointmentRow, ...]


async def find_appointments(
    database: Database,
    operator: Operator,
    wanted: Wanted,
    locale: str,
    sort: Sort = "-starts",
    limit: int = PAGE,
    offset: int = 0,
    most: int = COUNTED,
) -> Found:
    """The organization's appointments that are `wanted`, words in `locale`; counted to one more than `most`."""
    query, values = statement(wanted, sort)
    place = (chain(locale), operator.organization_id, most, limit, offset)
    return Found.model_validate_json(await database.value(operator, query, *place, *values))


def statement(wanted: Wanted, sort: Sort) -> tuple[str, list[object]]:
    """The rows as one expression, and its values from $7 on."""
    matching, rows, values = parts(wanted, sort)
    return FOUND.format(matching=matching, rows=rows), values


def parts(wanted: Wanted, sort: Sort) -> tuple[str, str, list[object]]:
    """What finds the ids, what reads their rows, and the values: conditions that nobody asked for are not in it."""
    asked = {name: value for name, value in vars(wanted).items() if value is not None}
    conditions = "".join(f" and {CONDITIONS[name].format(f'${place}')}" for place, name in enumerate(asked, 7))
    joins = (NAMED, wanted.search or sort == "patient"), (TREATING, sort == "specialist")
    joined = " ".join(join for join, needed in joins if needed)
    matching = MATCHING.format(joined=joined, conditions=conditions, order=ORDER[sort])
    return matching, ROWS.format(ids="select id from page", order=ORDER[sort]), list(asked.values())
