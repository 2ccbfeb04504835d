"""What must be true of every simulated quarter, whatever happened in it."""

from collections.abc import AsyncIterator

import httpx

from bench.simulation.clinic import Clinic

OWNERLESS = """
select 'journey' as what, id from journey where status = 'active' and (waits_for = '' or until is null or "then" = '')
union all
select 'appointment', id from appointment
where status in ('held', 'confirmed', 'waiting', 'in-session') and (waits_for = '' or until is null or "then" = '')
"""
OVERLAPS = """
select a.id from appointment a join appointment b on a.specialist_id = b.specialist_id and a.id < b.id
  and a.blocked && b.blocked
where a.status in ('held', 'confirmed', 'waiting', 'in-session', 'completed')
  and b.status in ('held', 'confirmed', 'waiting', 'in-session', 'completed')
"""
LEDGER = "select currency, sum(amount) as amount from ledger_line where account = 'card-vendor' group by currency"
UNBALANCED = "select entry_id from ledger_line group by entry_id, currency having sum(amount) <> 0"
TWICE_CHARGED = """
select appointment_id from ledger_intent where kind = 'charge' and status = 'succeeded'
group by appointment_id having count(*) > 1
"""
NOT_WHAT_IS_DUE = """
select a.id from appointment a left join ledger_line l on l.appointment_id = a.id and l.account = 'card-vendor'
group by a.id having coalesce(sum(l.amount), 0) <> case
  when a.status in ('cancelled', 'no-show') then a.fee
  when a.status = 'released' or not a.paid then 0
  else a.amount
end
"""
WRONGLY_REMINDED = """
select m.id from message m where m.template = 'reminder' and m.status in ('sent', 'delivered') and (
  select count(*) from appointment_entry e where e.appointment_id = m.appointment_id and e.what = 'reminded'
) < (
  select count(*) from message n where n.appointment_id = m.appointment_id and n.template = 'reminder'
    and n.channel = m.channel
)
"""
AFTER_THE_END = """
select r.id from appointment_entry r join appointment_entry e on e.appointment_id = r.appointment_id
where r.what = 'reminded' and e.what in ('cancelled', 'missed', 'released', 'completed') and r.version > e.version
"""


async def broken(clinic: Clinic) -> AsyncIterator[str]:
    """Sentences about what does not hold; none when all is well."""
    for name, query in (
        ("without an owner or a deadline", OWNERLESS),
        ("where a specialist is in two places", OVERLAPS),
        ("ledger entries that do not sum to zero", UNBALANCED),
        ("appointments charged twice", TWICE_CHARGED),
        ("appointments whose books are not what is due", NOT_WHAT_IS_DUE),
        ("reminders nobody planned", WRONGLY_REMINDED),
        ("reminders after the end", AFTER_THE_END),
    ):
        if rows := await clinic.sql(query):
            yield f"{len(rows)} {name}"
    ours = {row["currency"]: int(row["amount"]) for row in await clinic.sql(LEDGER)}
    theirs = await at_the_vendor(clinic)
    if {k: v for k, v in ours.items() if v} != {k: v for k, v in theirs.items() if v}:
        yield f"the ledger says {ours}, the card vendor {theirs}"


async def at_the_vendor(clinic: Clinic) -> dict[str, int]:
    """What the card vendor holds, per currency: charged less refunded."""
    async with httpx.AsyncClient(verify=False) as client:
        totals = (await client.get(f"{clinic.sandbox_url}/_sandbox/totals")).json()
    charged, refunded = totals["charges"]["amounts"], totals["refunds"]["amounts"]
    return {currency: charged.get(currency, 0) - refunded.get(currency, 0) for currency in charged | refunded}
