"""The last wall: row-level security in PostgreSQL, and the signed actor it believes.

`busy` names the beginnings, too: with a session and its buffers no longer than 12 hours an index leads to those of the
window, however many there were before.

The application connects as `fourdoors_app`, which owns nothing and may do nothing. Each transaction takes the role of
the actor's kind, whose policies (`policies.py`) are the only ones PostgreSQL then plans, and sets `fourdoors.actor` to
a token signed with a key that only the application and a table it cannot read know; functions with the owner's rights
verify it. `install` may run any number of times: the walls always are what the policy module says. `drift` tells
whether they still are.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from models.policies import APP_ROLE, ROLES, statements

FUNCTIONS = """
create schema if not exists security;
create table if not exists security.actor_key (id text primary key, inner_pad bytea not null, outer_pad bytea not null);
revoke all on schema security from public;
revoke all on all tables in schema security from public;

create or replace function security.claim(place int, kind text) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  token text := current_setting('fourdoors.actor', true);
  body text; signed text; claims text[]; key record;
begin
  if token is null or token = '' then return null; end if;
  body := split_part(token, '.', 1);
  signed := split_part(token, '.', 2);
  claims := string_to_array(body, '|');
  if claims[2] <> kind then return null; end if;
  select inner_pad, outer_pad into key from security.actor_key where id = claims[1];
  if not found or signed is distinct from
     encode(sha256(key.outer_pad || sha256(key.inner_pad || convert_to(body, 'utf8'))), 'hex') then
    return null;
  end if;
  if claims[8]::bigint < extract(epoch from clock_timestamp()) then return null; end if;
  return nullif(claims[place + 1], '');
end $$;

drop function if exists security.busy(uuid[], tstzrange);
create or replace function security.busy(specialists uuid[], window_ tstzrange, now_ timestamptz default now())
returns table (specialist_id uuid, blocked tstzrange)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select a.specialist_id, a.blocked from public.appointment a
  where a.specialist_id = any(specialists) and a.blocked && window_
    and a.starts_at between lower(window_) - interval '10 hours' and upper(window_) + interval '2 hours'
    and a.status in ('held', 'confirmed', 'waiting', 'in-session', 'completed')
    and not (a.status = 'held' and a.hold_until <= now_) and security.claim(1, null) is not null
$$;

create or replace function security.taken(specialist uuid, at timestamptz, now_ timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select security.claim(1, null) is not null and exists (
    select from public.appointment a
    where a.status in ('held', 'confirmed', 'waiting', 'in-session', 'completed')
      and public.uuidrange(a.specialist_id, a.specialist_id, '[]') && public.uuidrange(specialist, specialist, '[]')
      and a.blocked && tstzrange(at, at + interval '1 minute') and not (a.status = 'held' and a.hold_until <= now_)
  )
$$;

create or replace function security.note_signed(appointment uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public.note n where n.appointment_id = appointment and n.status = 'signed'
      and n.organization_id = security.claim(2, 'engine')::uuid
  )
$$;

create or replace function security.form_result(response uuid) returns table (score int, band text, flags jsonb)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select r.score, r.band, r.flags from public.questionnaire_response r
  where r.id = response and r.status = 'completed' and r.organization_id = security.claim(2, 'engine')::uuid
$$;

create or replace function security.append_only() returns trigger language plpgsql as $$
begin raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation'; end $$;

create or replace function security.balanced() returns trigger language plpgsql as $$
begin
  if exists (select 1 from new_lines group by entry_id, currency having sum(amount) <> 0) then
    raise exception 'a ledger entry does not sum to zero' using errcode = 'check_violation';
  end if;
  return null;
end $$;

create or replace function security.signed_stays() returns trigger language plpgsql as $$
begin
  if old.status = 'signed' then
    raise exception 'a signed note does not change' using errcode = 'restrict_violation';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;

create or replace function security.published_stays() returns trigger language plpgsql as $$
begin
  raise exception 'a published % does not change', tg_table_name using errcode = 'restrict_violation';
end $$;

create or replace trigger journey_definition_stays before update on journey_definition for each row
  when ((old.key, old.version, old.body) is distinct from (new.key, new.version, new.body))
  execute function security.published_stays();
create or replace trigger questionnaire_stays before update on questionnaire for each row
  when ((old.key, old.version, old.locale, old.resource) is distinct from
        (new.key, new.version, new.locale, new.resource))
  execute function security.published_stays();
create or replace trigger consent_text_stays before update on consent_text for each row
  when ((old.kind, old.version, old.locale, old.title, old.body, old.body_hash) is distinct from
        (new.kind, new.version, new.locale, new.title, new.body, new.body_hash))
  execute function security.published_stays();
create or replace trigger note_signed_stays before update or delete on note
  for each row execute function security.signed_stays();
create or replace trigger ledger_line_balanced after insert on ledger_line
  referencing new table as new_lines for each statement execute function security.balanced();
create or replace trigger ledger_line_append_only before update or delete or truncate on ledger_line
  for each statement execute function security.append_only();
create or replace trigger ledger_entry_append_only before update or delete or truncate on ledger_entry
  for each statement execute function security.append_only();
create or replace trigger audit_entry_append_only before update or delete or truncate on audit_entry
  for each statement execute function security.append_only();
create or replace trigger audit_seal_append_only before update or delete or truncate on audit_seal
  for each statement execute function security.append_only();
create or replace trigger audit_head_stays before delete or truncate on audit_head
  for each statement execute function security.append_only();
"""


WALLS = (
    """
    select 'policy', tablename, policyname, cmd || ' ' || roles::text || coalesce(qual, '') || coalesce(with_check, '')
    from pg_policies where schemaname = 'public'
    """,
    """
    select 'table', relname::text, relrowsecurity::text || relforcerowsecurity::text from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'alembic_version'
    """,
    f"""
    select 'grant', table_schema || '.' || table_name, grantee, string_agg(privilege_type, ',' order by privilege_type)
    from information_schema.role_table_grants where grantee = any('{{{", ".join((APP_ROLE, *ROLES.values()))}}}')
    group by 2, 3
    """,
    """
    select 'function', oid::regprocedure::text, md5(prosrc) || prosecdef::text || coalesce(proconfig::text, '')
    from pg_proc where pronamespace = 'security'::regnamespace
    """,
    """
    select 'trigger', tgrelid::regclass::text || '.' || tgname::text, tgenabled::text from pg_trigger
    where not tgisinternal
    """,
)
"""Everything the walls are made of, one row a brick: its names, then what it is like."""


async def install(connection: Any, actor_keys: Sequence[bytes], app_password: str) -> None:
    """Make role, functions, grants and policies what they should be; tokens of any of `actor_keys` are believed.

    `connection` is asyncpg's, of the schema's owner, in the transaction that has just migrated.
    """
    await _roles(connection, app_password)
    await connection.execute(FUNCTIONS)
    await connection.execute("delete from security.actor_key")
    for key in actor_keys:
        await connection.execute(
            "insert into security.actor_key values ($1, $2, $3) on conflict do nothing", key_id(key), *pads(key)
        )
    await connection.execute(";\n".join(statements()))


async def drift(connection: Any) -> list[str]:
    """What of the walls is not as the policy says: puts them up beside what is there, compares, and takes that back."""
    there = await _walls(connection)
    trial = connection.transaction()
    await trial.start()
    try:
        await connection.execute(FUNCTIONS)
        await connection.execute(";\n".join(statements()))
        due = await _walls(connection)
    finally:
        await trial.rollback()
    return sorted(str(name) for name in there.keys() | due.keys() if there.get(name) != due.get(name))


async def _walls(connection: Any) -> dict[tuple[str, ...], str]:
    return {tuple(map(str, row[:-1])): str(row[-1]) for query in WALLS for row in await connection.fetch(query)}


async def _roles(connection: Any, password: str) -> None:
    """The role the application connects as, which may do nothing itself, and one for each kind of actor."""
    plain = "nosuperuser nocreatedb nocreaterole nobypassrls noinherit"
    known = {row[0] for row in await connection.fetch("select rolname from pg_roles where rolname like 'fourdoors%'")}
    if APP_ROLE not in known:
        await connection.execute(f"create role {APP_ROLE} login {plain}")
    quoted = await connection.fetchval("select quote_literal($1::text)", password)
    await connection.execute(f"alter role {APP_ROLE} password {quoted}")
    for role in ROLES.values():
        if role not in known:
            await connection.execute(f"create role {role} nologin {plain}")
        await connection.execute(f"grant {role} to {APP_ROLE} with inherit false, set true")


def key_id(key: bytes) -> str:
    """Names a key without telling it."""
    return sha256(b"fourdoors actor key" + key).hexdigest()[:12]


def pads(key: bytes) -> tuple[bytes, bytes]:
    """The two pads of HMAC (RFC 2104): PostgreSQL has SHA-256 built in, but no HMAC."""
    padded = key.ljust(64, b"\0")
    inner, outer = (bytes(byte ^ mask for byte in padded) for mask in (0x36, 0x5C))
    return inner, outer
