"""What somebody tries who can run any SQL as the application's role, perhaps with one patient's valid token.

`{victim}` is a foreign organization's id, `{patient}` a foreign patient's, `{token}` the attacker's own valid token.
Each attack is a script of statements; whatever it answers, raises or notices must not contain anything foreign.
"""

FORGING = {
    "no actor at all": ["select * from patient", "select * from person", "select * from note"],
    "the bare name of a kind": ["select set_config('fourdoors.actor', 'house', true)", "select * from patient"],
    "an unsigned token": [
        "select set_config('fourdoors.actor', 'k|house||||||99999999999.', true)",
        "select * from patient",
    ],
    "own signature under other claims": [
        "select set_config('fourdoors.actor', split_part('{token}', '|', 1) || '|house||||||99999999999.' || "
        "split_part('{token}', '.', 2), true)",
        "select * from patient",
    ],
    "the kind swapped": [
        "select set_config('fourdoors.actor', replace('{token}', '|patient|', '|house|'), true)",
        "select * from person",
    ],
    "the organization swapped": [
        "select set_config('fourdoors.actor', regexp_replace('{token}', '[0-9a-f-]{{36}}', '{victim}'), true)",
        "select * from appointment",
    ],
    "the expiry moved": [
        "select set_config('fourdoors.actor', regexp_replace('{token}', '[0-9]+[.]', '99999999999.'), true)",
        "select * from person",
    ],
    "a second dot": [
        "select set_config('fourdoors.actor', '{token}.k|house||||||99999999999', true)",
        "select * from person where id is not null",
    ],
    "claims after the signature": [
        "select set_config('fourdoors.actor', '{token}|house', true)",
        "select * from patient where organization_id = '{victim}'",
    ],
    "an unknown key": [
        "select set_config('fourdoors.actor', 'ffffffffffff|house||||||99999999999.' || "
        "encode(sha256('x'::bytea), 'hex'), true)",
        "select * from person",
    ],
    "an empty key id": [
        "select set_config('fourdoors.actor', '|house||||||99999999999.00', true)",
        "select * from person",
    ],
    "a null token": ["select set_config('fourdoors.actor', null, true)", "select * from person"],
    "signing it with the database's own sha256 and a guessed key": [
        "select set_config('fourdoors.actor', b || '.' || encode(sha256(convert_to(b, 'utf8')), 'hex'), true) "
        "from (select split_part('{token}', '|', 1) || '|house||||||99999999999' as b) forged",
        "select * from person",
    ],
    "set for the whole session": [
        "set fourdoors.actor = 'house'",
        "select * from patient",
    ],
    "set local by name": ["set local fourdoors.actor to 'k|house||||||99999999999.0'", "select * from patient"],
    "another setting of the same family": [
        "select set_config('fourdoors.kind', 'house', true)",
        "select * from patient",
    ],
}

READING_KEYS = {
    "the key table": ["select * from security.actor_key"],
    "the key table by copy": ["copy security.actor_key to stdout"],
    "the key through a cast of its type": ["select (k::text) from security.actor_key k"],
    "the key through its statistics": ["select * from pg_statistic"],
    "the key through public statistics": ["select * from pg_stats where schemaname = 'security'"],
    "changing the key": ["update security.actor_key set inner_pad = ''::bytea"],
    "adding a key": ["insert into security.actor_key values ('k', ''::bytea, ''::bytea)"],
    "the functions' source asks for no secret": [
        "select prosrc from pg_proc where pronamespace = 'security'::regnamespace"
    ],
    "reading a data file": ["select pg_read_file('postgresql.conf')"],
    "reading a data file in binary": ["select pg_read_binary_file('pg_hba.conf')"],
    "listing the data folder": ["select pg_ls_dir('.')"],
    "importing a file as a large object": ["select lo_import('/etc/passwd')"],
    "the server's log": ["select * from pg_ls_logdir()"],
}

BECOMING = {
    "set role to the owner": ["set role fourdoors"],
    "set role to the superuser": ["set role postgres"],
    "set session authorization": ["set session authorization postgres"],
    "reset role": ["reset role", "select * from patient"],
    "every other actor's role in turn": [
        "set local role fourdoors_engine",
        "select * from patient",
        "set local role fourdoors_operator",
        "select * from patient",
        "set local role fourdoors_specialist",
        "select * from patient",
    ],
    "a role that inherits": ["grant fourdoors_house to fourdoors_app with inherit true", "select * from patient"],
    "granting oneself": ["grant pg_read_all_data to fourdoors_app"],
    "making a superuser": ["create role evil superuser"],
    "bypassing": ["alter role fourdoors_app bypassrls"],
    "a role setting": ["alter role fourdoors_app set row_security = off"],
}

SWITCHING_OFF = {
    "row_security off": ["set local row_security = off", "select * from patient"],
    "disabling it": ["alter table patient disable row level security"],
    "not forcing it": ["alter table patient no force row level security"],
    "dropping the policy": ["drop policy house_may_select on patient"],
    "a permissive policy more": ["create policy mine on patient using (true)"],
    "altering the policy": ["alter policy house_may_select on patient using (true)"],
    "replacing the function": [
        "create or replace function security.claim(place int, kind text) returns text language sql as 'select 1::text'"
    ],
    "disabling triggers": ["set local session_replication_role = replica", "update ledger_line set amount = 0"],
    "truncating": ["truncate patient cascade"],
    "becoming the table's owner": ["alter table patient owner to fourdoors_app"],
}

SHADOWING = {
    "a temporary table of the same name": [
        "create temp table pads (inner_pad bytea, outer_pad bytea)",
        "set local search_path = pg_temp, public",
        "select * from patient",
    ],
    "a temporary key table": [
        "create temp table actor_key as select 'k'::text as id, ''::bytea as inner_pad, ''::bytea as outer_pad",
        "set local search_path = pg_temp, security, public",
        "select set_config('fourdoors.actor', 'k|house||||||99999999999.00', true)",
        "select * from patient",
    ],
    "a function of the same name in pg_temp": [
        "create function pg_temp.sha256(bytea) returns bytea language sql as 'select ''x''::bytea'",
        "set local search_path = pg_temp, pg_catalog, public",
        "select * from patient",
    ],
    "an operator of one's own": [
        "create function pg_temp.yes(text, text) returns boolean language sql as 'select true'",
        "create operator pg_temp.= (leftarg = text, rightarg = text, function = pg_temp.yes)",
        "set local search_path = pg_temp, pg_catalog, public",
        "select * from patient",
    ],
    "an own schema": ["create schema mine"],
    "an own function in public": ["create function public.leak() returns int language sql as 'select 1'"],
    "another search path for the owner's functions": [
        "set local search_path = pg_temp",
        "select * from public.patient",
    ],
}

LEAKING = {
    "a leaky function in the filter": [
        "create function pg_temp.tell(anyelement) returns boolean cost 0.0000001 language plpgsql as "
        "'begin raise notice ''%'', $1; return true; end'",
        "select count(*) from patient p where pg_temp.tell(p)",
        "select count(*) from person p where pg_temp.tell(p.email)",
    ],
    "an error that tells the value": [
        "select count(*) from patient where 1 / (length(jurisdiction) - length(jurisdiction)) > 0",
    ],
    "a cast that tells the value": ["select count(*) from person where email::int = 1"],
    "a duplicate that tells it is there": [
        "insert into patient select p.* from patient p where p.organization_id = '{victim}'",
        "insert into patient select '{patient}', organization_id, brand_id, person_id, null, 'x', 'x', '{{}}', '{{}}', "
        "'x', now(), 1 from patient limit 1",
    ],
    "a foreign key that answers": [
        "insert into consent (id, organization_id, patient_id, kind, locale, version, body_hash, channel, status,"
        " given_by, given_at) values (gen_random_uuid(), '{victim}', '{patient}', 'x', 'en', 1, 'x', 'x', 'active',"
        " gen_random_uuid(), now())",
    ],
    "the planner's estimate": ["explain select * from patient where organization_id = '{victim}'"],
    "running the plan": ["explain (analyze, verbose) select * from patient where organization_id = '{victim}'"],
    "column statistics": ["select most_common_vals from pg_stats where tablename in ('patient', 'person')"],
    "extended statistics": ["select * from pg_stats_ext"],
    "merging": [
        "merge into patient p using (select '{patient}'::uuid as id) s on p.id = s.id "
        "when matched then update set jurisdiction = 'ZZ'",
        "select * from patient where id = '{patient}'",
    ],
    "returning from an update": ["update person set phone = '1' returning *"],
    "returning from a delete": ["delete from preference returning *"],
    "a lateral join": [
        "select p.* from organization o, lateral (select * from patient where organization_id <> o.id) p",
    ],
    "a recursive query": [
        "with recursive all_of as (select * from patient union select * from patient) select * from all_of",
    ],
    "every column as JSON": [
        "select json_agg(p) from patient p",
        "select query_to_xml('select * from person', true, true, '')",
    ],
    "a whole table as XML": ["select table_to_xml('patient', true, true, '')"],
    "a whole database as XML": ["select schema_to_xml('public', true, true, '')"],
    "a join through the busy times": [
        "select * from security.busy((select array_agg(id) from specialist), tstzrange('-infinity', 'infinity'))",
    ],
    "what forms have scored": [
        "select security.note_signed(id) from appointment",
        "select r.* from questionnaire_response q, security.form_result(q.id) r",
    ],
}

ELSEWHERE = {
    "copying a table out": ["copy patient to stdout"],
    "copying to a program": ["copy patient to program 'cat'"],
    "copying to a file": ["copy patient to '/tmp/stolen'"],
    "copying a query": ["copy (select * from patient) to stdout"],
    "a cursor": ["declare c cursor for select * from patient", "fetch all from c"],
    "a prepared statement": ["prepare p as select * from patient", "execute p"],
    "other sessions' prepared statements": ["select * from pg_prepared_statements"],
    "other sessions' cursors": ["select * from pg_cursors"],
    "other sessions' queries": ["select query from pg_stat_activity"],
    "other sessions' settings": ["select * from pg_settings where name like 'fourdoors%'"],
    "a do block": [
        "do $$ declare r record; begin for r in select * from patient loop raise notice '%', r; end loop; end $$",
    ],
    "a view of one's own": ["create temp view mine as select * from patient", "select * from mine"],
    "a temporary copy": ["create temp table loot as select * from patient", "select * from loot"],
    "a rule": ["create rule r as on select to patient do instead select 1"],
    "a trigger": ["create trigger t before insert on patient for each row execute function security.append_only()"],
    "listening": ["listen fourdoors", "select pg_notification_queue_usage()"],
    "notifying with what is read": ["select pg_notify('loot', p::text) from patient p"],
    "large objects": [
        "select lo_from_bytea(0, convert_to(p::text, 'utf8')) from patient p",
        "select * from pg_largeobject",
    ],
    "advisory locks held by others": ["select * from pg_locks where locktype = 'advisory'"],
    "another database": ["select dblink('dbname=postgres', 'select 1')"],
    "a language of one's own": ["create language plpython3u"],
    "an extension": ["create extension file_fdw"],
    "a foreign server": ["create server s foreign data wrapper postgres_fdw"],
    "a subscription": ["create publication p for all tables"],
    "terminating others": ["select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user"],
    "reloading the server": ["select pg_reload_conf()"],
    "changing the server": ["alter system set log_statement = 'all'"],
}

ATTACKS: dict[str, list[str]] = {
    **FORGING,
    **READING_KEYS,
    **BECOMING,
    **SWITCHING_OFF,
    **SHADOWING,
    **LEAKING,
    **ELSEWHERE,
}
